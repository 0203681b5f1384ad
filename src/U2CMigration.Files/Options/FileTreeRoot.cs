namespace U2CMigration.Files;

/// <summary>A directory tree of the source that travels.</summary>
public sealed class FileTreeRoot
{
    /// <summary>The name by which both hosts know it, such as the mount point in the container: <c>/</c>, <c>/data</c>, <c>/dev/shm</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Where it is: a directory, as a path of this host, or of <see cref="InsideOf"/>.</summary>
    public required string Path { get; init; }

    /// <summary>
    /// A directory that is the root for <see cref="Path"/>, such as <c>/proc/4711/root</c>; null (the default) for the root of this host. Links of the container's image are followed
    /// as the container sees them: without this, an absolute link in it would lead into this host's files.
    /// </summary>
    public string? InsideOf { get; init; }

    /// <summary>What it is. Default: <see cref="FileTreeKind.Directory"/>.</summary>
    public FileTreeKind Kind { get; init; }

    /// <summary>
    /// For <see cref="FileTreeKind.OverlayUpper"/>, where the whole overlay can be read, such as <c>/proc/4711/root</c>. Needed only for overlays mounted with <c>metacopy</c> or
    /// <c>redirect_dir</c>, whose upper folder has entries without their contents; default null.
    /// </summary>
    public string? MergedPath { get; init; }

    /// <summary>For <see cref="FileTreeKind.OverlayUpper"/>, whether it was mounted with <c>userxattr</c>, so that its marks are <c>user.overlay.*</c>. Default false.</summary>
    public bool UsesUserAttributes { get; init; }

    /// <summary>
    /// Paths below the root, without a slash in front, that stay behind with all that is in them: what travels by other means, such as shared memory that moves as pages.
    /// The destination neither writes nor removes them, but for <see cref="ExistingEntries.Replace"/>, which removes everything before the first round. Names have to be UTF-8. Default: none.
    /// </summary>
    public IReadOnlyList<string> Exclude { get; init; } = [];

    /// <summary>
    /// Whether a file whose size, times, inode and owner are as before has the same contents, unless a process has it mapped. Default null: true on ext4, XFS, Btrfs, F2FS and bcachefs; on all others,
    /// tmpfs among them, false, as writes through a mapping need not change the times there. Where it is false the frozen round reads every file.
    /// </summary>
    public bool? TrustsTimes { get; init; }
}
