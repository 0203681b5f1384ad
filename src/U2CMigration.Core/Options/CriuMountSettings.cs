namespace U2CMigration.Core.Sessions;

/// <summary>The mounts of a workload that has a mount namespace of its own, as containers have. For a workload that sees the mounts of its host the defaults are right.</summary>
/// <remarks>What the source says here the destination is told, so it need not be said there; where the destination says something itself, that counts.</remarks>
public sealed record CriuMountSettings
{
    /// <summary>The directory that is the root of the workload's file system, as this host sees it; for a container the root file system of its bundle.</summary>
    /// <value>Default: empty: CRIU mounts everything again as it was, which works only where every file system of the workload can be mounted by itself. An absolute path.
    /// On the destination it must be the root of a mount: bind it onto itself where it is not (<c>mount --bind DIR DIR</c>).</value>
    public string Root { get; init; } = string.Empty;

    /// <summary>Mounts that each host provides by itself.</summary>
    /// <value>Default: empty. At most 100. An entry of the destination counts in place of the source's for the same mount point.</value>
    public IReadOnlyList<CriuExternalMount> External { get; init; } = [];

    /// <summary>Whether mounts that the workload shares with its host are found and treated as external by themselves. The destination must have them at the same paths.</summary>
    /// <value>Default: false.</value>
    public bool AutoExternal { get; init; }

    /// <summary>Mount points that are left out: neither moved nor provided.</summary>
    /// <value>Default: empty. Nothing of the workload may use them.</value>
    public IReadOnlyList<string> Skip { get; init; } = [];

    /// <summary>Kinds of file systems that CRIU does not know and that can be mounted again like any other (as in <c>/proc/filesystems</c>); <c>all</c> for every one.</summary>
    /// <value>Default: empty.</value>
    public IReadOnlyList<string> FileSystems { get; init; } = [];

    /// <summary>Whether mounts are restored as before CRIU 3.17: for kernels before 5.15, and for layouts that the newer way refuses.</summary>
    /// <value>Default: false.</value>
    public bool CompatibilityMode { get; init; }

    /// <summary>The SELinux context of restored mounts. Destination only.</summary>
    /// <value>Default: empty, that of the source.</value>
    public string LsmContext { get; init; } = string.Empty;

    internal void AddProblems(List<string> problems)
    {
        if (Root.Length > 0 && !Path.IsPathFullyQualified(Root))
        {
            problems.Add($"{nameof(Root)} is '{Root}'; it must be an absolute path.");
        }

        if (External.Count > MaxEntries || Skip.Count > MaxEntries || FileSystems.Count > MaxEntries)
        {
            problems.Add($"{nameof(External)}, {nameof(Skip)} and {nameof(FileSystems)} have {External.Count}, {Skip.Count} and {FileSystems.Count} entries; the limit is {MaxEntries} each. Use {nameof(AutoExternal)} for more.");
        }

        foreach (CriuExternalMount mount in External)
        {
            if (mount.MountPoint is not { Length: > 0 and <= MaxPath } point || !Path.IsPathFullyQualified(point) || point.AsSpan().IndexOfAny("[]=") >= 0)
            {
                problems.Add($"{nameof(External)} has the mount point '{mount.MountPoint}'; it must be an absolute path of at most {MaxPath} characters, without '[', ']' and '='.");
            }

            if (mount.Source is not { Length: <= MaxPath } path || !Path.IsPathFullyQualified(path))
            {
                problems.Add($"{nameof(External)} has the host path '{mount.HostPath}'; it must be an absolute path of at most {MaxPath} characters.");
            }
        }

        if (Skip.Any(static point => !Path.IsPathFullyQualified(point)))
        {
            problems.Add($"{nameof(Skip)} has an entry that is no absolute path; name mount points as the workload sees them.");
        }

        if (FileSystems.Any(string.IsNullOrWhiteSpace))
        {
            problems.Add($"{nameof(FileSystems)} has an empty entry; name kinds as in /proc/filesystems, or 'all'.");
        }
    }

    private const int MaxEntries = 100;

    /// <summary>A requirement of an offer has at most 4 KiB.</summary>
    private const int MaxPath = 1500;
}
