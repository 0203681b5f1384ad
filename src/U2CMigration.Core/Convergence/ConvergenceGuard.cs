using System.Diagnostics;
using U2CMigration.Core.Errors;
using U2CMigration.Core.Logging;
using U2CMigration.Core.Source;
using U2CMigration.PageTracking.Processes;
using U2CMigration.Strategy.Rounds;

namespace U2CMigration.Core.Convergence;

/// <summary>Has the last word on stopping: holds the caller's limits against what the strategy wants, and does what the caller chose when both can not be had.</summary>
internal sealed class ConvergenceGuard(SourceContext context) : IDisposable
{
    /// <summary>What the workload loses first, and in each further step; QEMU's defaults (migration/options.c).</summary>
    private const double FirstCut = 0.2;

    private const double FurtherCut = 0.1;

    /// <summary>As far as it goes.</summary>
    private const double LargestCut = 0.99;

    /// <summary>How long a step is given to show.</summary>
    private static readonly TimeSpan StepPause = TimeSpan.FromSeconds(1);

    /// <summary>How long the last step is given.</summary>
    private static readonly TimeSpan LastPause = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan ContinuedSlice = TimeSpan.FromMilliseconds(100);

    private CpuThrottle? _throttle;
    private double _cut;
    private double _processorsBefore;
    private double _usedBefore;
    private long _lastStep = Stopwatch.GetTimestamp();
    private bool _told;

    /// <summary>Whether to stop the workload now. A plan that is to be followed although the strategy wanted to stop is made one that sends what is owed.</summary>
    /// <exception cref="MigrationException">The caller wants to give up rather than exceed a limit.</exception>
    public bool ShouldStop(RoundObservation observation, RoundPlan plan)
    {
        MeasureUse(observation);
        MigrationLimits limits = MigrationLimits.Of(context.Options);
        bool isLate = observation.Elapsed >= limits.MaxDuration || observation.Round >= limits.MaxRounds;
        bool wantsStop = plan.Decision == RoundDecision.StopAndCopy;
        TimeSpan expected = observation.FixedDowntime + observation.CopyTime;
        bool isLimited = limits.DowntimeLimit != Timeout.InfiniteTimeSpan;
        if (!wantsStop && !isLate && !(_cut > 0 && expected <= limits.DowntimeLimit))
        {
            return false;
        }

        bool fits = isLimited ? expected <= limits.DowntimeLimit : wantsStop;
        if (fits || observation.Round == 0)
        {
            return true;
        }

        Tell(expected);
        switch (context.Options.WhenNotConverging)
        {
            case NonConvergence.GiveUp:
                throw context.Failure(GivingUp(expected, isLate), isTransient: true);
            case NonConvergence.Throttle when !isLate && TryThrottle():
                plan.Clear();
                plan.AddGroup(observation.Owed);
                plan.Slice = ContinuedSlice;
                return false;
            default:
                return true;
        }
    }

    /// <summary>Gives the processor time back. Called when the workload is frozen, and whenever the migration ends.</summary>
    public void Dispose()
    {
        _throttle?.Dispose();
        _throttle = null;
    }

    private bool TryThrottle()
    {
        if (_cut > 0 && Stopwatch.GetElapsedTime(_lastStep) < (_cut < LargestCut ? StepPause : LastPause))
        {
            return true;
        }

        if (_cut >= LargestCut)
        {
            return false;
        }

        _throttle ??= CpuThrottle.TryCreate(context.Target.RootProcessId);
        if (_throttle is null)
        {
            context.Warnings.Add("The workload could not be throttled: no cgroup with a cpu controller reaches it.");
            return false;
        }

        _cut = _cut == 0 ? FirstCut : Math.Min(_cut + FurtherCut, LargestCut);
        _lastStep = Stopwatch.GetTimestamp();
        _throttle.Limit(_processorsBefore * (1 - _cut));
        context.Logger.Throttled(_cut * 100);
        return true;
    }

    /// <summary>How many processors the tree uses while nothing holds it back; a share of that is cut.</summary>
    private void MeasureUse(RoundObservation observation)
    {
        if (_cut > 0)
        {
            return;
        }

        double used = ProcessTree.List(context.Target.RootProcessId).Sum(ProcessorTime.SecondsOf);
        if (observation.Interval > TimeSpan.Zero && _usedBefore > 0)
        {
            _processorsBefore = Math.Max(0.01, (used - _usedBefore) / observation.Interval.TotalSeconds);
        }

        _usedBefore = used;
    }

    private void Tell(TimeSpan expected)
    {
        if (!_told)
        {
            _told = true;
            context.Logger.NotConverging(expected.TotalMilliseconds, context.Options.DowntimeLimit.TotalMilliseconds);
            context.Warnings.Add(
                $"The migration did not converge by itself: the workload writes faster than the link carries (expected downtime {expected.TotalMilliseconds:0} ms).");
        }
    }

    private string GivingUp(TimeSpan expected, bool isLate)
    {
        string limit = context.Options.DowntimeLimit == Timeout.InfiniteTimeSpan
            ? $"the rounds did not come to an end within {context.Options.MaxDuration.TotalSeconds:0.#} s"
            : $"the limit is {context.Options.DowntimeLimit.TotalMilliseconds:0} ms";
        string when = isLate ? "after all the time allowed" : "and more rounds do not help";
        return $"The workload would be down for {expected.TotalMilliseconds:0} ms {when}; {limit}. Try when it writes less, over a faster link, or with another {nameof(context.Options.WhenNotConverging)}.";
    }
}
