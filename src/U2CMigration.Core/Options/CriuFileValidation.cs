namespace U2CMigration.Core.Sessions;

/// <summary>How a restore makes sure that a file of the destination is the one that the workload had open.</summary>
public enum CriuFileValidation
{
    /// <summary>By size, and programs and libraries by their build id.</summary>
    BuildId,

    /// <summary>By size alone: for files that were built again, the same in effect.</summary>
    Size,
}
