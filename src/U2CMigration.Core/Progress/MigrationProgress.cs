using U2CMigration.Core.Sessions;

namespace U2CMigration.Core.Progress;

/// <summary>A snapshot of a running migration.</summary>
/// <remarks>
/// Reported at each change of phase, at the end of each round, and about ten times per second while pages are sent. Reports come in order, from one
/// thread at a time, not from the caller's. A handler that throws is logged and ignored.
/// </remarks>
public readonly record struct MigrationProgress
{
    /// <summary>Where the migration stands.</summary>
    public required MigrationPhase Phase { get; init; }

    /// <summary>The round being sent, from 0.</summary>
    public int Round { get; init; }

    /// <summary>The pages planned for this round. A round may be a slice of time and end before all of them are sent.</summary>
    public long RoundPages { get; init; }

    /// <summary>The pages sent in this round so far.</summary>
    /// <value>At most <see cref="RoundPages"/>.</value>
    public long RoundPagesSent { get; init; }

    /// <summary>The pages of the workload when the migration began; 0 before the first scan.</summary>
    public long MemoryPages { get; init; }

    /// <summary>The pages that the destination lacked, or had an older version of, when this round was planned: with <see cref="MemoryPages"/>, how far the migration is.</summary>
    public long PendingPages { get; init; }

    /// <summary>The bytes written to the wire so far, in all.</summary>
    public long WireBytes { get; init; }

    /// <summary>The bytes per second that the destination acknowledged lately; 0 while unknown.</summary>
    public double BytesPerSecond { get; init; }

    /// <summary>Entries of files that were made, changed or removed on the destination so far.</summary>
    public long FileEntries { get; init; }

    /// <summary>The bytes that this took.</summary>
    public long FileBytes { get; init; }

    /// <summary>The bytes of files that were pending when the last round of files was over.</summary>
    public long PendingFileBytes { get; init; }

    /// <summary>The downtime to expect if the workload were stopped now.</summary>
    /// <value>Null while it is not known how fast pages cross: in the first rounds.</value>
    public TimeSpan? ExpectedDowntime { get; init; }

    /// <summary>The time since the migration began.</summary>
    public TimeSpan Elapsed { get; init; }
}
