namespace U2CMigration.Files;

/// <summary>A directory of the destination that takes a tree.</summary>
public sealed class FileTreeTarget
{
    /// <summary>The name of the tree, as the source has it (<see cref="FileTreeRoot.Name"/>).</summary>
    public required string Name { get; init; }

    /// <summary>
    /// Where it goes: a directory, as a path of this host, or of <see cref="InsideOf"/>. For <see cref="FileTreeKind.OverlayUpper"/> the mounted overlay, never its upper folder: what
    /// changes there beside a mount is undefined.
    /// </summary>
    public required string Path { get; init; }

    /// <summary>A directory that is the root for <see cref="Path"/>, so that links in an image are followed as the container sees them; null (the default) for the root of this host.</summary>
    public string? InsideOf { get; init; }

    /// <summary>What the source has to send for it. Default: <see cref="FileTreeKind.Directory"/>.</summary>
    public FileTreeKind Kind { get; init; }

    /// <summary>For <see cref="FileTreeKind.Directory"/>, what becomes of entries that are there before the first round. Default: <see cref="ExistingEntries.Refuse"/>.</summary>
    public ExistingEntries Existing { get; init; }
}
