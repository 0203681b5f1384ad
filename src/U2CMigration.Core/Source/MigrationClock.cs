using System.Diagnostics;

namespace U2CMigration.Core.Source;

/// <summary>The time since a migration began.</summary>
internal sealed class MigrationClock(TimeProvider time)
{
    private long _start = time.GetTimestamp();

    /// <summary>The time since the start.</summary>
    public TimeSpan Elapsed => time.GetElapsedTime(_start);

    /// <summary>Starts again from zero.</summary>
    public void Restart() => _start = time.GetTimestamp();

    /// <summary>The time since a moment taken with <see cref="Stopwatch.GetTimestamp"/>.</summary>
    public static TimeSpan Since(long timestamp) => Stopwatch.GetElapsedTime(timestamp);
}
