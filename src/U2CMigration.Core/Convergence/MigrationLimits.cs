using U2CMigration.Core.Sessions;

namespace U2CMigration.Core.Convergence;

/// <summary>The limits that the caller set.</summary>
internal readonly record struct MigrationLimits(TimeSpan DowntimeLimit, TimeSpan MaxDuration, int MaxRounds)
{
    public static MigrationLimits Of(MigrationSessionOptions options) => new(options.DowntimeLimit, options.MaxDuration, options.MaxRounds);
}
