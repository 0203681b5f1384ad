using U2CMigration.Transport.Messages;

namespace U2CMigration.Core.Committing;

/// <summary>What a source writes down before it commits: enough for another program to settle the migration after this one has died.</summary>
internal sealed record JournalEntry
{
    public required Guid MigrationId { get; init; }

    /// <summary>The boot of this host: after another one the original is gone.</summary>
    public required Guid BootId { get; init; }

    /// <summary>The root of the frozen tree.</summary>
    public required int RootProcessId { get; init; }

    /// <summary>When it was started, in clock ticks since the boot.</summary>
    public required ulong StartTime { get; init; }

    /// <summary>Where the destination was reached, as host and port.</summary>
    public required string Destination { get; init; }

    /// <summary>The ledger that knows the outcome.</summary>
    public required LedgerIdentity Ledger { get; init; }

    /// <summary>What is written where to let the group of the tree run; empty where it is not frozen by a group.</summary>
    public string ThawFile { get; init; } = string.Empty;

    public string ThawWord { get; init; } = string.Empty;

    /// <summary>The address of the workload, as <c>ADDRESS/PREFIX@DEVICE</c>; empty where none moves, or another program moves it.</summary>
    public string Address { get; init; } = string.Empty;

    /// <summary>The command that gives the host the address of the workload again; empty for none.</summary>
    public IReadOnlyList<string> AddressCommand { get; init; } = [];

    /// <summary>Processes that would note the end of the tree and might start it again: they are ended before it.</summary>
    public IReadOnlyList<KnownProcess> Keepers { get; init; } = [];

    /// <summary>The command by which the owner of the tree forgets it when it has ended; empty for none.</summary>
    public IReadOnlyList<string> RemovalCommand { get; init; } = [];
}
