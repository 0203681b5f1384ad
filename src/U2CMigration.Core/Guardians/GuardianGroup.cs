using System.Globalization;

namespace U2CMigration.Core.Guardians;

/// <summary>
/// Where guardians live: outside the control groups of this process, which may be ended as a whole (cgroup.kill, a service that is stopped, memory.oom.group). In version 2 a group of their own below
/// the root that this host shows, in version 1 the root of each hierarchy.
/// </summary>
internal static class GuardianGroup
{
    private const string Name = "u2c-guardians";
    private const string OutOfMemory = "-1000";
    private const int MountPointField = 4;
    private const int RootField = 3;

    /// <summary>Takes a process out of the groups that this one is in.</summary>
    /// <returns>A sentence where it shares one with this process all the same; null where it does not, or is gone.</returns>
    public static string? TryTakeOut(int processId)
    {
        string id = processId.ToString(CultureInfo.InvariantCulture);
        TryWrite($"/proc/{id}/oom_score_adj", OutOfMemory);
        try
        {
            List<(string Kind, string Options, string Path)> mounts = ReadMounts();
            foreach (string membership in Shared("self", id))
            {
                string controllers = membership.Split(':', 3)[1];
                foreach ((string kind, string options, string path) in mounts)
                {
                    if (kind == "cgroup2" && controllers.Length == 0)
                    {
                        MoveToOwnGroup(path, id);
                    }
                    else if (kind == "cgroup" && controllers.Length > 0 && controllers.Split(',').All(options.Split(',').Contains))
                    {
                        TryWrite(Path.Combine(path, "cgroup.procs"), id);
                    }
                }
            }

            return Shared("self", id) is [var left, ..]
                ? $"The process that lets the workload run on if this one is killed is in the control group of this one ({left}): if that group is ended as a whole while the workload is frozen, it stays frozen. Run this program where it may make control groups at the root."
                : null;
        }
        catch (IOException)
        {
            // It is gone.
            return null;
        }
    }

    /// <summary>Removes the group, unless there are guardians in it.</summary>
    public static void RemoveIfEmpty()
    {
        try
        {
            foreach ((_, _, string path) in ReadMounts().Where(static mount => mount.Kind == "cgroup2"))
            {
                string own = Path.Combine(path, Name);
                if (Directory.Exists(own))
                {
                    Directory.Delete(own);
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Others are in it; the last of them removes it.
        }
    }

    /// <summary>The memberships of this process, other than in roots, that the other one has, too, or is below of.</summary>
    internal static IReadOnlyList<string> Shared(IEnumerable<string> own, IReadOnlyList<string> others) =>
    [
        .. own.Where(line => line.Split(':', 3) is [_, _, not "/"] && others.Any(other => other == line || other.StartsWith(line + "/", StringComparison.Ordinal))),
    ];

    private static IReadOnlyList<string> Shared(string own, string other) => Shared(File.ReadLines($"/proc/{own}/cgroup"), File.ReadAllLines($"/proc/{other}/cgroup"));

    private static void MoveToOwnGroup(string root, string id)
    {
        string own = Path.Combine(root, Name);
        try
        {
            Directory.CreateDirectory(own);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The root itself takes processes, where it is the real one.
            own = root;
        }

        if (!TryWrite(Path.Combine(own, "cgroup.procs"), id))
        {
            // Removed in this moment by one that found it empty, or not to be used at all.
            TryWrite(Path.Combine(root, "cgroup.procs"), id);
        }
    }

    private static List<(string Kind, string Options, string Path)> ReadMounts()
    {
        var mounts = new List<(string Kind, string Options, string Path)>();
        foreach (string line in File.ReadLines("/proc/self/mountinfo"))
        {
            int separator = line.IndexOf(" - ", StringComparison.Ordinal);
            if (separator >= 0 && line[..separator].Split(' ') is { Length: > MountPointField } left && left[RootField] == "/"
                && line[(separator + 3)..].Split(' ') is [("cgroup" or "cgroup2") and var kind, _, var options, ..])
            {
                mounts.Add((kind, options, left[MountPointField]));
            }
        }

        return mounts;
    }

    private static bool TryWrite(string path, string text)
    {
        try
        {
            File.WriteAllText(path, text);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
