using System.Diagnostics;
using U2CMigration.Core.Errors;
using U2CMigration.Core.Logging;
using U2CMigration.Core.Progress;
using U2CMigration.Core.Sessions;
using U2CMigration.PageTracking.Processes;
using U2CMigration.Strategy.Rounds;

namespace U2CMigration.Core.Convergence;

/// <summary>Has the last word on stopping: holds the caller's limits against what the strategy wants, and does what the caller chose when both can not be had.</summary>
internal sealed class ConvergenceGuard(int rootProcessId, MigrationSessionOptions options, MigrationNotes notes) : IDisposable
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

    /// <summary>Estimates are estimates: what is a little too long may fit after all.</summary>
    private const double CertainlyTooLong = 1.5;

    /// <summary>How long a freeze has to look too long before the migration is given up.</summary>
    private static readonly TimeSpan TooLongPatience = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan ContinuedSlice = TimeSpan.FromMilliseconds(100);

    private CpuThrottle? _throttle;
    private double _cut;
    private double _processorsBefore;
    private double _usedBefore;
    private long _lastStep = Stopwatch.GetTimestamp();
    private bool _told;
    private TimeSpan? _tooLongSince;

    /// <summary>Whether to stop the workload now. A plan that is to be followed although the strategy wanted to stop is made one that sends what is owed.</summary>
    /// <exception cref="MigrationException">The caller wants to give up rather than exceed a limit.</exception>
    /// <param name="observation">What is known.</param>
    /// <param name="plan">What the strategy wants.</param>
    /// <param name="leastCopyTime">What copying everything owed takes at the very least.</param>
    /// <param name="filesTime">The part of the fixed downtime that further rounds of files may shorten.</param>
    public bool ShouldStop(RoundObservation observation, RoundPlan plan, TimeSpan leastCopyTime, TimeSpan filesTime = default)
    {
        MeasureUse(observation);
        MigrationLimits limits = MigrationLimits.Of(options);
        ThrowIfHopeless(observation.FixedDowntime - filesTime, limits);
        bool isLate = limits.AreReached(observation);
        bool wantsStop = plan.Decision == RoundDecision.StopAndCopy;
        TimeSpan expected = observation.FixedDowntime + observation.CopyTime;
        if (!wantsStop && !isLate && !(_cut > 0 && expected <= limits.DowntimeLimit))
        {
            return false;
        }

        // What is not known fits into nothing.
        bool isKnown = observation.BandwidthBytesPerSecond > 0 || observation.Owed.PageCount == 0;
        bool fits = limits.HasDowntimeLimit ? isKnown && expected <= limits.DowntimeLimit : wantsStop;
        if (IsFrozenTooLong(observation, leastCopyTime))
        {
            SendAllOwed(observation, plan);
            return false;
        }

        if (fits || observation.Round == 0)
        {
            return true;
        }

        Tell(expected, observation.FixedDowntime);
        switch (options.WhenNotConverging)
        {
            case NonConvergence.GiveUp:
                throw notes.Failure(GivingUp(expected, isLate), isTransient: true);
            case NonConvergence.Throttle when !isLate && observation.FixedDowntime < limits.DowntimeLimit && TryThrottle():
                SendAllOwed(observation, plan);
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

    /// <summary>What the freeze takes whatever is copied does not become less by going on.</summary>
    private void ThrowIfHopeless(TimeSpan fixedDowntime, in MigrationLimits limits)
    {
        if (options.WhenNotConverging == NonConvergence.GiveUp && limits.HasDowntimeLimit && fixedDowntime > limits.DowntimeLimit)
        {
            throw notes.Failure(
                $"The workload would be down for {fixedDowntime.TotalMilliseconds:0} ms, whatever is sent before; the limit is {limits.DowntimeLimit.TotalMilliseconds:0} ms. "
                + "Shared memory, mappings, descriptors and processes are carried while it is frozen. Allow a longer downtime, or try over a faster link.",
                isTransient: false);
        }
    }

    /// <summary>A freeze that would be rolled back is not begun. On a host that is out of breath the pace of a moment is no reason to give up: it has to stay so.</summary>
    /// <exception cref="MigrationException">It has stayed so, or there is no more time.</exception>
    private bool IsFrozenTooLong(RoundObservation observation, TimeSpan leastCopyTime)
    {
        TimeSpan least = observation.FixedDowntime + leastCopyTime;
        if (least <= options.FreezeTimeout * CertainlyTooLong)
        {
            _tooLongSince = null;
            return false;
        }

        _tooLongSince ??= observation.Elapsed;
        if (observation.Elapsed - _tooLongSince < TooLongPatience && !MigrationLimits.Of(options).AreReached(observation))
        {
            return true;
        }

        throw notes.Failure(
            $"The workload would be down for about {least.TotalSeconds:0} s and may be frozen for {options.FreezeTimeout.TotalSeconds:0.#} s ({nameof(options.FreezeTimeout)}; agent: --freeze-timeout-s). It was not frozen. Allow more, or try over a faster link.",
            isTransient: false);
    }

    private static void SendAllOwed(RoundObservation observation, RoundPlan plan)
    {
        plan.Clear();
        plan.AddGroup(observation.Owed);
        plan.Slice = ContinuedSlice;
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

        _throttle ??= CpuThrottle.TryCreate(rootProcessId);
        if (_throttle is null)
        {
            notes.Warnings.Add("The workload could not be throttled: no cgroup with a cpu controller reaches it.");
            return false;
        }

        _cut = _cut == 0 ? FirstCut : Math.Min(_cut + FurtherCut, LargestCut);
        _lastStep = Stopwatch.GetTimestamp();
        _throttle.Limit(_processorsBefore * (1 - _cut));
        notes.Logger.Throttled(_cut * 100);
        return true;
    }

    /// <summary>How many processors the tree uses while nothing holds it back; a share of that is cut.</summary>
    private void MeasureUse(RoundObservation observation)
    {
        if (_cut > 0)
        {
            return;
        }

        double used = ProcessTree.List(rootProcessId).Sum(ProcessorTime.SecondsOf);
        if (observation.Interval > TimeSpan.Zero && _usedBefore > 0)
        {
            _processorsBefore = Math.Max(0.01, (used - _usedBefore) / observation.Interval.TotalSeconds);
        }

        _usedBefore = used;
    }

    private void Tell(TimeSpan expected, TimeSpan fixedDowntime)
    {
        if (!_told)
        {
            _told = true;
            notes.Logger.NotConverging(expected.TotalMilliseconds, options.DowntimeLimit.TotalMilliseconds);
            bool isFixed = options.DowntimeLimit != Timeout.InfiniteTimeSpan && fixedDowntime > options.DowntimeLimit;
            notes.Warnings.Add(isFixed
                ? $"The downtime limit of {options.DowntimeLimit.TotalMilliseconds:0} ms cannot be kept: what is carried while the workload is frozen takes about {fixedDowntime.TotalMilliseconds:0} ms."
                : $"The migration did not converge by itself: the workload writes faster than the link carries (expected downtime {expected.TotalMilliseconds:0} ms).");
        }
    }

    private string GivingUp(TimeSpan expected, bool isLate)
    {
        string limit = options.DowntimeLimit == Timeout.InfiniteTimeSpan
            ? $"the rounds did not come to an end within {options.MaxDuration.TotalSeconds:0.#} s"
            : $"the limit is {options.DowntimeLimit.TotalMilliseconds:0} ms";
        string when = isLate ? "after all the time allowed" : "and more rounds do not help";
        return $"The workload would be down for {expected.TotalMilliseconds:0} ms {when}; {limit}. Try when it writes less, over a faster link, or with another {nameof(options.WhenNotConverging)}.";
    }
}
