using System.Diagnostics;
using System.Globalization;

namespace LiveMigration.Rig;

/// <summary>Turns times of a host into timestamps of <see cref="Stopwatch"/> here, the one clock in which reports are kept.</summary>
/// <param name="Ahead">By how much the host's monotonic clock is ahead of the one here, nanoseconds.</param>
/// <param name="RealtimeAhead">By how much its time of day is ahead of its monotonic clock, nanoseconds.</param>
/// <param name="Error">By how much <paramref name="Ahead"/> can be wrong, nanoseconds.</param>
public sealed record HostClock(long Ahead, long RealtimeAhead, long Error)
{
    private const double NanosecondsPerSecond = 1e9;

    /// <summary>The clock of a host that shares the kernel of this machine.</summary>
    public static HostClock Shared()
    {
        long monotonic = Stopwatch.GetTimestamp();
        double realtime = (DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).TotalSeconds;
        return new HostClock(0, (long)((realtime - ((double)monotonic / Stopwatch.Frequency)) * NanosecondsPerSecond), 0);
    }

    /// <summary>Reads what <c>vmexec --clock</c> prints.</summary>
    public static HostClock Parse(string line)
    {
        long[] numbers = [.. line.Trim().Split(' ').Select(number => long.Parse(number, CultureInfo.InvariantCulture))];
        return new HostClock(numbers[0], numbers[1], numbers[2]);
    }

    /// <summary>The timestamp here of a monotonic timestamp of the host.</summary>
    public long Local(long timestamp) => timestamp - Ticks(Ahead);

    /// <summary>The timestamp here of a time of day of the host.</summary>
    public long FromUnixSeconds(double seconds) => (long)((seconds - ((RealtimeAhead + Ahead) / NanosecondsPerSecond)) * Stopwatch.Frequency);

    private static long Ticks(long nanoseconds) => (long)(nanoseconds / NanosecondsPerSecond * Stopwatch.Frequency);
}
