using U2CMigration.Transport.Messages;

namespace U2CMigration.Core.Committing;

/// <summary>What a destination has written down about a migration: enough for another receiver to settle it after this one has died.</summary>
internal sealed record MigrationRecord
{
    public required MigrationState State { get; init; }

    /// <summary>The boot in which it was written: after another one none of its processes exists.</summary>
    public required Guid BootId { get; init; }

    /// <summary>The control groups that hold the restored processes and no others; the first one is there before the first process.</summary>
    public IReadOnlyList<string> Groups { get; init; } = [];

    /// <summary>The command by which the owner of the tree removes what it has made for it, if that will never run; empty for none.</summary>
    public IReadOnlyList<string> RemovalCommand { get; init; } = [];

    /// <summary>The root of the restored tree; 0 while there is none.</summary>
    public int RootProcessId { get; init; }

    /// <summary>When it was started, in clock ticks since the boot, which tells it from a later process of the same number.</summary>
    public ulong StartTime { get; init; }

    /// <summary>Whether the groups were thawed: if not, that is still to be done for a workload that is <see cref="MigrationState.Resumed"/>.</summary>
    public bool IsThawed { get; init; }

    /// <summary>Whether the source knows the outcome, so that the record is of no use any more.</summary>
    public bool IsAnswered { get; init; }

    public bool IsFinal => State is MigrationState.Resumed or MigrationState.Aborted;
}
