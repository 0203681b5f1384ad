namespace U2CMigration.Files;

/// <summary>What a round of a <see cref="FileTreeSource"/> came to, and what it leaves for the next.</summary>
public sealed record FileTreeRound
{
    /// <summary>The number of the round, from 0.</summary>
    public required int Index { get; init; }

    /// <summary>Whether the workload stood still, so that the destination has everything now.</summary>
    public required bool IsFrozen { get; init; }

    /// <summary>How long it took.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>How long of that the walk took.</summary>
    public required TimeSpan WalkDuration { get; init; }

    /// <summary>Entries looked at.</summary>
    public required long EntriesWalked { get; init; }

    /// <summary>Entries that were made, changed or linked.</summary>
    public required long EntriesSent { get; init; }

    /// <summary>Names that were removed; a directory with all that was in it counts once.</summary>
    public required long EntriesRemoved { get; init; }

    /// <summary>Bytes of files that were read.</summary>
    public required long BytesRead { get; init; }

    /// <summary>Bytes of contents that were sent: of blocks that differ.</summary>
    public required long ContentBytes { get; init; }

    /// <summary>Bytes of the stream.</summary>
    public required long WireBytes { get; init; }

    /// <summary>Entries that are pending: they changed while they were read, or so shortly before that their times may not show the next change, or a process has them mapped.</summary>
    public required long PendingEntries { get; init; }

    /// <summary>The sizes of pending files: what the next round compares in any case.</summary>
    public required long PendingBytes { get; init; }

    /// <summary>
    /// Bytes that a frozen round would read now if nothing more changed: those of pending files, and all of trees whose file systems do not show every change in the times
    /// (<see cref="FileTreeRoot.TrustsTimes"/>).
    /// </summary>
    public required long FrozenReadBytes { get; init; }

    /// <summary>
    /// An estimate of what the next round sends: the stream's bytes per second between the last two rounds, times the length of this round. After the first round, which has no predecessor, the pending bytes.
    /// </summary>
    public required long EstimatedNextBytes { get; init; }

    /// <summary>
    /// What is not carried, by path and name: labels that belong to a host (<c>security.selinux</c> and the like), signatures, verity. Sentences for people; at most a hundred.
    /// </summary>
    public required IReadOnlyList<string> LeftOut { get; init; }

    /// <summary>How many such things there are.</summary>
    public required long LeftOutCount { get; init; }

    /// <summary>What would fail the frozen round as it is now, such as a file under a lease for writing: sentences for people, at most a hundred. Worth a look before the freeze.</summary>
    public required IReadOnlyList<string> Obstacles { get; init; }

    /// <summary>Mounts inside the trees, which are not descended into: each is a tree of its own if it is to travel.</summary>
    public required IReadOnlyList<string> MountPoints { get; init; }
}
