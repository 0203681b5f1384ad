namespace U2CMigration.Transport.Connections;

/// <summary>What the link carries when it is the link that others wait for, as the kernel counts it.</summary>
/// <remarks>
/// Pages that shrink to a few bytes leave a link idle, and so does a thread that is held up: neither says anything about the link, and what crossed then is not taken for what could have. A span counts
/// only if bytes waited to be sent whenever one looked, and the peer was reading; its bytes and its time are the kernel's, so no delay of ours is in them. The median of the last spans is no single burst
/// and no single pause. Safe for concurrent use; no allocation.
/// </remarks>
internal sealed class LinkCapacity
{
    /// <summary>Shorter spans are bursts: what a traffic shaper or the queue of a device lets through at once.</summary>
    private const long LeastMicroseconds = 50_000;

    /// <summary>If the peer did not read for a larger share of a span, the link is not what was waited for.</summary>
    private const double MostWindowLimited = 0.25;

    private const int Spans = 15;

    private readonly Lock _lock = new();
    private readonly double[] _rates = new double[Spans];
    private readonly double[] _sorted = new double[Spans];
    private int _count;
    private TcpCounters _begin;
    private bool _hasBegun;

    /// <summary>Bytes per second; 0 while the link was never what was waited for.</summary>
    public double BytesPerSecond
    {
        get
        {
            lock (_lock)
            {
                int count = Math.Min(_count, Spans);
                Span<double> sorted = _sorted.AsSpan(0, count);
                _rates.AsSpan(0, count).CopyTo(sorted);
                sorted.Sort();
                return count == 0 ? 0 : sorted[count / 2];
            }
        }
    }

    /// <summary>Takes what the kernel has counted by now; to be called again and again while much is sent, right before more is handed over.</summary>
    public void Observe(in TcpCounters now)
    {
        lock (_lock)
        {
            if (!now.HasUnsent)
            {
                _hasBegun = false;
                return;
            }

            long busy = now.BusyMicroseconds - _begin.BusyMicroseconds;
            if (_hasBegun && busy < LeastMicroseconds)
            {
                return;
            }

            long limited = now.WindowLimitedMicroseconds - _begin.WindowLimitedMicroseconds;
            if (_hasBegun && limited <= busy * MostWindowLimited)
            {
                _rates[_count++ % Spans] = Math.Max(1, now.AcknowledgedBytes - _begin.AcknowledgedBytes) * 1e6 / (busy - limited);
            }

            _begin = now;
            _hasBegun = true;
        }
    }
}
