using System.Diagnostics;
using U2CMigration.Files.Entries;

namespace U2CMigration.Files.Walking;

/// <summary>
/// Tells which times of files are too young to be trusted. The kernel gives files the time of its last tick, up to 10 ms old: a write in the tick in which a file was read shows in nothing. And what was
/// mapped after the round looked at mappings was written after that. So a change since the beginning of a round, less some ticks, leaves the entry in doubt.
/// </summary>
internal sealed class RoundClock
{
    private static readonly TimeSpan Ticks = TimeSpan.FromMilliseconds(20);

    private readonly DateTimeOffset _start = TimeProvider.System.GetUtcNow();
    private readonly long _stamp = Stopwatch.GetTimestamp();
    private readonly FileTime _from;

    public RoundClock() => _from = FileTime.Of(_start - Ticks);

    public TimeSpan Elapsed => Stopwatch.GetElapsedTime(_stamp);

    /// <summary>Whether an entry's times may not show its next change.</summary>
    public bool IsInDoubt(in FileStamp stamp) => !stamp.Changed.IsBefore(_from) || !stamp.Modified.IsBefore(_from);

    /// <summary>Whether the clock was set since the beginning: nothing that was read in the meantime can be told from its times then.</summary>
    public bool WasSet() => (TimeProvider.System.GetUtcNow() - _start - Elapsed).Duration() > Ticks;
}
