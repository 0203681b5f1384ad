using U2CMigration.Core.Results;

namespace U2CMigration.Core.Receiving;

/// <summary>A workload that arrived and runs on this host.</summary>
public sealed record MigratedContainer
{
    /// <summary>The identity of the migration, the same on both hosts.</summary>
    public required Guid MigrationId { get; init; }

    /// <summary>The process at the root of the tree.</summary>
    public required int RootProcessId { get; init; }

    /// <summary>How the pages were put in place, or null when the tree was restored from flat images.</summary>
    public required FillReport? Fill { get; init; }

    /// <summary>The memory that the page store took at the end, bytes; it is free again now.</summary>
    public long StoreBytes { get; init; }

    /// <summary>
    /// Whether the source has confirmed that its copy is gone. If not, the connection was lost in between and the source will ask what became of the
    /// workload; wait for that with <see cref="MigrationReceiver.WaitForSourceAsync"/>.
    /// </summary>
    public bool IsSourceReleased { get; init; }

    /// <summary>What did not succeed although the workload runs here, a sentence each: an address that could not be announced yet.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>The way in which the pages were given to the processes.</summary>
    public required RestoreMode RestoreMode { get; init; }
}
