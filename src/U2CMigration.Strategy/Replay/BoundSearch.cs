using U2CMigration.Strategy.Rounds;

namespace U2CMigration.Strategy.Replay;

/// <summary>Tries all moments to stop; see <see cref="ClairvoyantBound"/>.</summary>
internal sealed class BoundSearch
{
    /// <summary>Last write: before the migration, or the page does not exist yet.</summary>
    private const int Before = -1;
    private const int Unknown = -2;

    private readonly TraceTimeline _workload;
    private readonly ReplayConditions _conditions;
    private readonly WireCosts _costs;
    private readonly int[] _lastWrite;
    private readonly List<int> _lastWrites = [];
    private readonly List<double> _ends = [];
    private long _pages;

    public BoundSearch(TraceTimeline workload, ReplayConditions conditions)
    {
        (_workload, _conditions, _costs) = (workload, conditions, conditions.CodecCosts);
        _lastWrite = new int[workload.PageLimit];
        Array.Fill(_lastWrite, Unknown);
        foreach (int page in workload.ResidentNumbers)
        {
            _lastWrite[page] = Before;
            _pages++;
        }
    }

    public ClairvoyantBound Search()
    {
        double bytes = _pages * _costs.NewBytes;
        double best = bytes;
        double freeze = 0;
        double horizon = Horizon();
        for (int tick = 0; _ends.Count == 0 || _ends[^1] < horizon; tick++)
        {
            // Just before the tick's writes, the best moment since the tick before.
            double end = _workload.EndOf(tick).TotalSeconds;
            double pending = PendingAt(end, best);
            if (pending < best)
            {
                (best, freeze) = (pending, end);
            }

            if (best <= 0)
            {
                break;
            }

            Write(tick, end);
        }

        return new ClairvoyantBound
        {
            WireBytes = bytes,
            Downtime = _conditions.FixedDowntime + TimeSpan.FromSeconds(best / _conditions.BandwidthBytesPerSecond),
            Freeze = TimeSpan.FromSeconds(freeze),
        };
    }

    /// <summary>The last moment at which a migration can stop: the last round begins before the longest duration, and sends each page once.</summary>
    private double Horizon() =>
        _conditions.MaxDuration.TotalSeconds + _conditions.MaxObservation.TotalSeconds + (_lastWrite.Length * (double)WireCosts.Raw.NewBytes / _conditions.BandwidthBytesPerSecond) + 1;

    private void Write(int tick, double end)
    {
        _ends.Add(end);
        _lastWrites.Add(0);
        foreach (int page in _workload.PagesOf(tick))
        {
            int before = _lastWrite[page];
            if (before >= 0)
            {
                _lastWrites[before]--;
            }
            else if (before == Unknown)
            {
                _pages++;
            }

            _lastWrite[page] = tick;
            _lastWrites[tick]++;
        }
    }

    /// <summary>The least that is left to send at a stop, or some figure that is not below the best so far.</summary>
    private double PendingAt(double stop, double best)
    {
        double bandwidth = _conditions.BandwidthBytesPerSecond;
        double all = _pages * _costs.NewBytes;
        double pending = Math.Max(0, all - (bandwidth * stop));
        long late = 0;
        for (int tick = _ends.Count - 1; tick >= 0 && pending < best; tick--)
        {
            double carried = bandwidth * (stop - _ends[tick]);
            if (carried >= all)
            {
                break;
            }

            late += _lastWrites[tick];
            pending = Math.Max(pending, After(_ends[tick] * bandwidth, late) - carried);
        }

        return pending;
    }

    /// <summary>The least that must go behind a moment before which the link carried so much, if so many pages are written later.</summary>
    private double After(double carried, long late)
    {
        double early = (_pages - late) * _costs.NewBytes;
        if (carried <= early)
        {
            return (_pages * _costs.NewBytes) - carried;
        }

        double based = Math.Min(late, (carried - early) / _costs.NewBytes);
        return ((late - based) * _costs.NewBytes) + (based * _costs.AgainBytes);
    }
}
