namespace U2CMigration.Criu.PageServer;

/// <summary>The kinds of memory that pages can belong to.</summary>
public enum PageServerTargetKind
{
    /// <summary>The private memory of a task; addresses are those of the task.</summary>
    Task,

    /// <summary>Shared memory; addresses are offsets in it.</summary>
    SharedMemory,
}
