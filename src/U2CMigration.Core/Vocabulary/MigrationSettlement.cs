namespace U2CMigration.Core.Settlement;

/// <summary>How a migration in doubt ended.</summary>
public enum MigrationSettlement
{
    /// <summary>The workload runs on the destination; the frozen copy on the source was removed.</summary>
    Moved,

    /// <summary>Nothing of it runs on the destination; the workload was thawed and runs on the source.</summary>
    RolledBack,
}
