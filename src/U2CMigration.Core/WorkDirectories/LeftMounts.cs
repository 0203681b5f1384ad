using U2CMigration.Criu.Interop;

namespace U2CMigration.Core.WorkDirectories;

/// <summary>Mounts that CRIU has left in its directory when it was killed: the file systems of control groups, for example. To delete them as files would be to delete the host's groups.</summary>
internal static class LeftMounts
{
    /// <summary>Takes away every mount below a directory.</summary>
    /// <exception cref="IOException">One cannot be taken away.</exception>
    public static void Detach(string directory)
    {
        foreach (string point in Below(directory, File.ReadAllLines("/proc/self/mountinfo")))
        {
            Mount.Detach(point);
        }
    }

    /// <summary>The mount points below a directory, the last one first.</summary>
    internal static IReadOnlyList<string> Below(string directory, IEnumerable<string> mounts)
    {
        string prefix = directory.TrimEnd('/') + "/";
        return [.. mounts.Select(static line => line.Split(' ')).Where(fields => fields.Length > 4 && fields[4].StartsWith(prefix, StringComparison.Ordinal)).Select(static fields => fields[4]).Reverse()];
    }
}
