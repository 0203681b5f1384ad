using U2CMigration.Core.Sessions;
using U2CMigration.Strategy.Rounds;

namespace U2CMigration.Core.Convergence;

/// <summary>The limits that the caller set.</summary>
internal readonly record struct MigrationLimits(TimeSpan DowntimeLimit, TimeSpan MaxDuration, int MaxRounds)
{
    public static MigrationLimits Of(MigrationSessionOptions options) => new(options.DowntimeLimit, options.MaxDuration, options.MaxRounds);

    /// <summary>Whether there is a limit of the downtime.</summary>
    public bool HasDowntimeLimit => DowntimeLimit != Timeout.InfiniteTimeSpan;

    /// <summary>Whether the time or the rounds allowed are over: the workload is stopped whatever anybody says.</summary>
    public bool AreReached(RoundObservation observation) => observation.Elapsed >= MaxDuration || observation.Round >= MaxRounds;

    /// <summary>How long copying may take within the limit of the downtime.</summary>
    public TimeSpan MostCopyTime(TimeSpan fixedDowntime) => HasDowntimeLimit ? DowntimeLimit - fixedDowntime : TimeSpan.MaxValue;
}
