namespace U2CMigration.Core.Errors;

/// <summary>What became of the workload on the source.</summary>
public enum WorkloadState
{
    /// <summary>It runs on the source as before.</summary>
    Running,

    /// <summary>It is frozen on the source and the destination may or may not run it; settle it, never guess.</summary>
    Frozen,

    /// <summary>It runs on the destination; the source copy is gone.</summary>
    Moved,

    /// <summary>It ended on the source by itself, before or during the migration.</summary>
    Gone,
}
