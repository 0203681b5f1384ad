namespace U2CMigration.Containers.Bundles;

/// <summary>A line of <c>/proc/PID/mountinfo</c> (proc_pid_mountinfo(5)).</summary>
/// <param name="FileSystem">The kind of its file system.</param>
/// <param name="Source">What it was mounted from.</param>
/// <param name="MountOptions">The options of the mount.</param>
/// <param name="Options">The options of the file system.</param>
internal sealed record MountLine(string FileSystem, string Source, string MountOptions, string Options)
{
    /// <summary>Those that several hosts can have mounted at the same time.</summary>
    private static readonly HashSet<string> Shared = ["nfs", "nfs4", "cifs", "smb3", "ceph", "9p", "virtiofs", "glusterfs", "lustre", "gfs2", "ocfs2", "afs", "beegfs", "gpfs", "fuse"];

    /// <summary>Whether other hosts may have it as well. Of a FUSE file system no one knows.</summary>
    public bool IsOnNetwork => Shared.Contains(FileSystem) || FileSystem.StartsWith("fuse.", StringComparison.Ordinal);

    /// <summary>Whether the file system has an option.</summary>
    public bool HasOption(string name) => Options.Split(',').Contains(name);
}

/// <summary>Finds mounts.</summary>
internal static class MountTable
{
    /// <summary>The mount that is seen at a place, which is the last one there; null where there is none.</summary>
    /// <param name="lines">The lines of <c>/proc/PID/mountinfo</c>.</param>
    /// <param name="place">The mount point, as the process sees it.</param>
    public static MountLine? At(IEnumerable<string> lines, string place)
    {
        string escaped = place.Replace("\\", "\\134", StringComparison.Ordinal).Replace(" ", "\\040", StringComparison.Ordinal).Replace("\t", "\\011", StringComparison.Ordinal).Replace("\n", "\\012", StringComparison.Ordinal);
        MountLine? found = null;
        foreach (string line in lines)
        {
            if (line.Split(" - ", 2) is [var left, var right] && left.Split(' ') is [_, _, _, _, var at, var options, ..] && at == escaped && right.Split(' ', 3) is [var kind, var source, var more])
            {
                found = new MountLine(kind, source, options, more);
            }
        }

        return found;
    }
}
