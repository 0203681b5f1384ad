namespace U2CMigration.Files;

/// <summary>What a <see cref="FileTreeSource"/> carries.</summary>
public sealed class FileTreeSourceOptions
{
    /// <summary>The directory trees, each with a name of its own.</summary>
    public required IReadOnlyList<FileTreeRoot> Roots { get; init; }

    /// <summary>
    /// The processes that may have files of the trees mapped, asked at the beginning of each round: writes through a mapping do not show in the times of a file. Default null: all processes of the
    /// host, which takes longer. The frozen round is faster with only those of the container. If one of them cannot be read
    /// (CAP_SYS_PTRACE), the frozen round reads every file instead.
    /// </summary>
    public Func<IReadOnlyCollection<int>>? Processes { get; init; }

    /// <summary>The most entries of all trees together, as the source remembers each (some 300 bytes). Default: 10 million.</summary>
    public int MaxEntries { get; init; } = 10_000_000;

    /// <summary>The most directories within each other. Default: 4,096, what a destination takes by default.</summary>
    public int MaxDepth { get; init; } = FileTreeLimits.DefaultDepth;
}
