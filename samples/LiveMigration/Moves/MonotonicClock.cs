using System.Diagnostics;

namespace LiveMigration.Moves;

/// <summary>Turns times of day, as scripts and files have them, into timestamps of <see cref="Stopwatch"/>.</summary>
public static class MonotonicClock
{
    private static readonly long Origin = Stopwatch.GetTimestamp();
    private static readonly double OriginSeconds = (DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).TotalSeconds;

    public static long FromUnixSeconds(double seconds) => Origin + (long)((seconds - OriginSeconds) * Stopwatch.Frequency);
}
