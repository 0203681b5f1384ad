namespace U2CMigration.Files;

/// <summary>What a destination takes from a source at most: it is never trusted.</summary>
public sealed class FileTreeLimits
{
    internal const int DefaultDepth = 4096;

    /// <summary>Entries made, changed, linked or removed in one round. Default: 10 million.</summary>
    public long MaxEntries { get; init; } = 10_000_000;

    /// <summary>Bytes of contents written in all rounds together. Default: 1 TiB.</summary>
    public long MaxContentBytes { get; init; } = 1L << 40;

    /// <summary>The size of one file, holes included. Default: 16 TiB.</summary>
    public long MaxFileBytes { get; init; } = 16L << 40;

    /// <summary>Directories within each other. Default: 4,096.</summary>
    public int MaxDepth { get; init; } = DefaultDepth;

    /// <summary>Files with several names, and renamed files, of one round. Default: 1 million.</summary>
    public int MaxLinks { get; init; } = 1_000_000;
}
