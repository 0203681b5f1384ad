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

    /// <summary>
    /// The destination has the only copy and holds it until it has the workload's file locks: the source had to end its frozen copy to free them, and has not heard yet that the
    /// workload runs. Settle it as <see cref="Frozen"/>.
    /// </summary>
    Held,
}
