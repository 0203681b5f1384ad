using System.Diagnostics;
using U2CMigration.Files.Walking;

namespace U2CMigration.Files.Sending;

/// <summary>What a round is like, and what the one after it will be.</summary>
internal sealed class RoundPace
{
    private long _lastStart;

    public FileTreeRound Finish(RoundNotes notes, TimeSpan walked, long wireBytes, int index)
    {
        TimeSpan duration = notes.Clock.Elapsed;
        long start = Stopwatch.GetTimestamp() - (long)(duration.TotalSeconds * Stopwatch.Frequency);
        long estimate = notes.PendingBytes;
        if (_lastStart != 0)
        {
            // This round had what changed since the last one began; the next has what changes since this one did.
            double since = Math.Max(Stopwatch.GetElapsedTime(_lastStart, start).TotalSeconds, 0.001);
            estimate = (long)(wireBytes / since * duration.TotalSeconds);
        }

        _lastStart = start;
        return new FileTreeRound
        {
            Index = index,
            IsFrozen = notes.IsFrozen,
            Duration = duration,
            WalkDuration = walked,
            EntriesWalked = notes.EntriesWalked,
            EntriesSent = notes.EntriesSent,
            EntriesRemoved = notes.EntriesRemoved,
            BytesRead = notes.BytesRead,
            ContentBytes = notes.ContentBytes,
            WireBytes = wireBytes,
            PendingEntries = notes.PendingEntries,
            PendingBytes = notes.PendingBytes,
            FrozenReadBytes = notes.PendingBytes + notes.UntrustedBytes,
            EstimatedNextBytes = estimate,
            LeftOut = notes.LeftOut,
            LeftOutCount = notes.LeftOutCount,
            MountPoints = notes.MountPoints,
            Obstacles = notes.Obstacles,
        };
    }
}
