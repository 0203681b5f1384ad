using U2CMigration.PageTracking.Pages;
using U2CMigration.Strategy.Rounds;
using U2CMigration.Strategy.Strategies;

namespace U2CMigration.Strategy.Replay;

/// <summary>Replays a migration: the engine's rounds with a link and a clock that are only counted. The same input gives the same result.</summary>
/// <remarks>
/// As in the engine, a look reports every page written since the look before, also those sent behind their last write; rounds with a slice are cut, others are sent
/// to their end and looked into at the strategy's sampling interval. Planning takes no time, the bandwidth is known once something was sent, and between the
/// last look and the stop nothing is written.
/// </remarks>
public sealed class MigrationReplay
{
    private readonly IReplayedWorkload _workload;
    private readonly ReplayConditions _conditions;
    private readonly IMigrationStrategy _strategy;
    private readonly WireCosts _costs;
    private readonly DirtyBooks _books;
    private readonly ReplayedLink _link;
    private readonly PageSet _found = new();
    private readonly List<ReplayedRound> _rounds = [];
    private RoundOutcome? _previous;
    private TimeSpan _now;
    private TimeSpan _looked;
    private double _wireBytes;

    private MigrationReplay(IReplayedWorkload workload, ReplayConditions conditions, IMigrationStrategy strategy)
    {
        (_workload, _conditions, _strategy) = (workload, conditions, strategy);
        _costs = conditions.CostsOf(strategy.Traits.UsesCodec);
        _books = new DirtyBooks(strategy);
        _link = new ReplayedLink(conditions.BandwidthBytesPerSecond, _costs);
    }

    /// <summary>Replays one migration.</summary>
    /// <param name="workload">What is migrated.</param>
    /// <param name="conditions">Under which conditions.</param>
    /// <param name="strategy">By which strategy; a fresh one.</param>
    /// <exception cref="ArgumentOutOfRangeException">The bandwidth is not above zero.</exception>
    public static ReplayResult Run(IReplayedWorkload workload, ReplayConditions conditions, IMigrationStrategy strategy)
    {
        ArgumentNullException.ThrowIfNull(workload);
        ArgumentNullException.ThrowIfNull(conditions);
        ArgumentNullException.ThrowIfNull(strategy);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(conditions.BandwidthBytesPerSecond, nameof(conditions));
        return new MigrationReplay(workload, conditions, strategy).Run();
    }

    private ReplayResult Run()
    {
        _books.Take(_workload.Resident, TimeSpan.Zero, () => _workload.SystemAt(_now));
        long resident = _workload.Resident.PageCount;
        Watch();
        var plan = new RoundPlan();
        for (int round = 0; ; round++)
        {
            RoundObservation observation = Observation(round, resident);
            plan.Clear();
            _strategy.Plan(observation, plan);
            bool stop = plan.Decision == RoundDecision.StopAndCopy;
            if (stop || round >= _conditions.MaxRounds || _now >= _conditions.MaxDuration)
            {
                return Freeze(observation, stop);
            }

            Send(plan);
        }
    }

    private void Watch()
    {
        StrategyTraits traits = _strategy.Traits;
        TimeSpan watch = traits.ObservationTime < _conditions.MaxObservation ? traits.ObservationTime : _conditions.MaxObservation;
        while (_now < watch && traits.SampleInterval > TimeSpan.Zero)
        {
            _now += traits.SampleInterval;
            Look();
        }
    }

    private void Send(RoundPlan plan)
    {
        TimeSpan start = _now;
        long owed = _books.Pages.Owed.PageCount;
        long dirty = _books.Dirty.PageCount;
        TimeSpan step = plan.Slice != Timeout.InfiniteTimeSpan ? plan.Slice : _strategy.Traits.SampleInterval;
        _link.Begin(plan.TakeGroups());
        _books.BeginRound();
        _now += _link.Send(step > TimeSpan.Zero ? step : Timeout.InfiniteTimeSpan, _books.Pages);
        while (plan.Slice == Timeout.InfiniteTimeSpan && !_link.IsIdle)
        {
            Look();
            _now += _link.Send(step, _books.Pages);
        }

        TimeSpan least = start + _conditions.ShortestRound;
        _now = _now > least ? _now : least;
        Look();
        _wireBytes += _link.WireBytes;
        _rounds.Add(new ReplayedRound(start, _now - start, owed, _link.SentPages, _link.WireBytes));
        _previous = new RoundOutcome(owed, dirty, _link.SentPages, _now - start);
    }

    private void Look()
    {
        _found.Clear();
        _workload.Collect(_looked, _now, _found);
        TimeSpan sinceLast = _now - _looked;
        _looked = _now;
        _books.Take(_found, sinceLast, () => _workload.SystemAt(_now));
    }

    private RoundObservation Observation(int round, long resident) => new()
    {
        Round = round,
        Owed = _books.Pages.Owed,
        Dirty = _books.Dirty,
        Delivered = _books.Pages.Delivered,
        ArrivedPages = _books.ArrivedPages,
        Interval = _books.Interval,
        ResidentPages = resident,
        BandwidthBytesPerSecond = _wireBytes > 0 ? _conditions.BandwidthBytesPerSecond : 0,
        Costs = _costs,
        Elapsed = _now,
        Previous = _previous,
        FixedDowntime = _conditions.FixedDowntime,
        Histories = _books.Histories,
    };

    private ReplayResult Freeze(RoundObservation observation, bool byStrategy)
    {
        double bytes = observation.OwedBytes;
        return new ReplayResult
        {
            Rounds = _rounds,
            StoppedByStrategy = byStrategy,
            Freeze = _now,
            FrozenPages = observation.Owed.PageCount,
            Downtime = _conditions.FixedDowntime + TimeSpan.FromSeconds(bytes / _conditions.BandwidthBytesPerSecond),
            WireBytes = _wireBytes + bytes,
        };
    }
}
