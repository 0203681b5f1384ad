namespace U2CMigration.Core.Sessions;

/// <summary>Where a migration stands. The order is the order in which a successful migration passes through.</summary>
public enum MigrationPhase
{
    /// <summary>Nothing has been done.</summary>
    Created,

    /// <summary>Both hosts are examined; nothing has been touched.</summary>
    Preflight,

    /// <summary>The connection to the destination is opened and the migration offered.</summary>
    Connecting,

    /// <summary>Page tracking is attached to the processes.</summary>
    Attaching,

    /// <summary>Rounds of dirty pages are sent while the workload runs.</summary>
    PreCopy,

    /// <summary>The workload is being frozen.</summary>
    Freezing,

    /// <summary>The workload is frozen; its state and the remaining pages are sent.</summary>
    StopAndCopy,

    /// <summary>The destination restores the workload and holds it before its first instruction.</summary>
    Restoring,

    /// <summary>The commit point: from here on the source does not resume the workload by itself.</summary>
    Committing,

    /// <summary>The workload runs on the destination; the frozen source is verified against it, if asked, and released.</summary>
    Releasing,

    /// <summary>The workload runs on the destination and the source is gone.</summary>
    Completed,

    /// <summary>The migration failed or was cancelled before the commit point; the workload runs on the source.</summary>
    RolledBack,

    /// <summary>The outcome is not known: the source is frozen and waits to be settled.</summary>
    InDoubt,
}
