namespace U2CMigration.Files;

/// <summary>Where a <see cref="FileTreeDestination"/> writes, and what it takes.</summary>
public sealed class FileTreeDestinationOptions
{
    /// <summary>The directories that take trees. A tree of another name is refused.</summary>
    public required IReadOnlyList<FileTreeTarget> Targets { get; init; }

    /// <summary>What is taken at most.</summary>
    public FileTreeLimits Limits { get; init; } = new();

    /// <summary>
    /// Whether nodes of devices are made. Default false: a tree with one is refused. The node of device 0/0, which leads to nothing and which anyone may make, is always made.
    /// </summary>
    public bool AllowDevices { get; init; }

    /// <summary>
    /// Whether each round is on the disk before it is over. Default true: what the workload had made durable must not be lost when this host fails right after the migration. The file system is
    /// flushed as a whole (syncfs), so that the last round, in the freeze, has little left to write.
    /// </summary>
    public bool Flush { get; init; } = true;
}
