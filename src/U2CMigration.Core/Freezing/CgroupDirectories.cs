using System.Globalization;
using U2CMigration.PageTracking.Processes;

namespace U2CMigration.Core.Freezing;

/// <summary>Where the cgroups of a process are, see cgroups(7) and proc_pid_mountinfo(5).</summary>
internal sealed class CgroupDirectories
{
    /// <summary>Listings compared before a difference counts.</summary>
    private const int Attempts = 4;

    private readonly string _membership;
    private readonly string _mountinfo;

    /// <summary>Takes the texts of <c>/proc/PID/cgroup</c> and <c>/proc/self/mountinfo</c>.</summary>
    internal CgroupDirectories(string membership, string mountinfo)
    {
        _membership = membership;
        _mountinfo = mountinfo;
        Unified = Directory(static fields => fields[0] == "0" && fields[1].Length == 0, "cgroup2", null);
    }

    /// <summary>The directory in the version 2 hierarchy; null where that is not mounted.</summary>
    public string? Unified { get; }

    /// <summary>Reads where a process is.</summary>
    public static CgroupDirectories Of(int processId) =>
        new(File.ReadAllText($"/proc/{processId}/cgroup"), File.ReadAllText("/proc/self/mountinfo"));

    /// <summary>The directory in the version 1 hierarchy of a controller; null where that is not mounted.</summary>
    public string? Version1(string controller) => Directory(fields => fields[1].Split(',').Contains(controller), "cgroup", controller);

    /// <summary>Whether a group and those below it hold the processes of a tree and no others.</summary>
    /// <remarks>Processes come and go between the two listings, and a process that is in one and not in the other for that reason is not so in the next ones.</remarks>
    public static bool HoldsExactly(string directory, int rootProcessId)
    {
        HashSet<int>? different = null;
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            HashSet<int> now = Members(directory);
            now.SymmetricExceptWith(ProcessTree.List(rootProcessId));
            different?.IntersectWith(now);
            different ??= now;
            if (different.Count == 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The processes in a group and those below it.</summary>
    public static HashSet<int> Members(string directory)
    {
        var members = new HashSet<int>();
        foreach (string file in System.IO.Directory.EnumerateFiles(directory, "cgroup.procs", SearchOption.AllDirectories))
        {
            try
            {
                foreach (string line in File.ReadLines(file))
                {
                    members.Add(int.Parse(line, CultureInfo.InvariantCulture));
                }
            }
            catch (IOException)
            {
                // A group below was removed meanwhile, and is empty therefore.
            }
        }

        return members;
    }

    private string? Directory(Predicate<string[]> isHierarchy, string fileSystem, string? controller)
    {
        foreach (string line in _membership.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] fields = line.Split(':', 3);
            if (fields.Length == 3 && isHierarchy(fields) && MountPoint(fileSystem, controller) is { } mount)
            {
                return fields[2] == "/" ? mount : mount + fields[2];
            }
        }

        return null;
    }

    private string? MountPoint(string fileSystem, string? controller)
    {
        foreach (string line in _mountinfo.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            int separator = line.IndexOf(" - ", StringComparison.Ordinal);
            if (separator < 0)
            {
                continue;
            }

            string[] left = line[..separator].Split(' ');
            string[] right = line[(separator + 3)..].Split(' ');
            if (left.Length >= 5 && right.Length >= 3 && right[0] == fileSystem && left[3] == "/"
                && (controller is null || right[2].Split(',').Contains(controller)))
            {
                return left[4];
            }
        }

        return null;
    }
}
