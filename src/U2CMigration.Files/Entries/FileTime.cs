namespace U2CMigration.Files.Entries;

/// <summary>A time of a file. File systems have more than 64 bits of nanoseconds hold.</summary>
/// <param name="Seconds">Since 1970, also before.</param>
/// <param name="Nanoseconds">Below a second.</param>
internal readonly record struct FileTime(long Seconds, uint Nanoseconds)
{
    public const uint PerSecond = 1_000_000_000;

    public static FileTime Of(DateTimeOffset time)
    {
        (long seconds, long ticks) = Math.DivRem((time - DateTimeOffset.UnixEpoch).Ticks, TimeSpan.TicksPerSecond);
        return ticks < 0 ? new FileTime(seconds - 1, (uint)(ticks + TimeSpan.TicksPerSecond) * 100) : new FileTime(seconds, (uint)ticks * 100);
    }

    public bool IsBefore(FileTime other) => Seconds != other.Seconds ? Seconds < other.Seconds : Nanoseconds < other.Nanoseconds;
}
