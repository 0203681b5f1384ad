namespace U2CMigration.Core.Freezing;

/// <summary>Finds the cgroup whose freezer stops a process tree and nothing else.</summary>
internal static class FreezerDetection
{
    /// <summary>Picks a freezer for a tree.</summary>
    /// <param name="rootProcessId">The root of the tree.</param>
    /// <param name="tree">Every process of the tree.</param>
    public static ITreeFreezer For(int rootProcessId, IReadOnlyCollection<int> tree)
    {
        string membership = File.ReadAllText($"/proc/{rootProcessId}/cgroup");
        string mounts = File.ReadAllText("/proc/self/mountinfo");
        foreach ((bool isVersion2, string directory) in CandidateDirectories(membership, mounts))
        {
            string control = Path.Combine(directory, isVersion2 ? "cgroup.freeze" : "freezer.state");
            if (File.Exists(control) && HoldsExactly(directory, tree))
            {
                return new CgroupFreezer(directory, isVersion2, CgroupFreezer.DefaultTimeout);
            }
        }

        return new CriuStop();
    }

    /// <summary>Resolves the lines of <c>/proc/PID/cgroup</c> (cgroups(7)) to directories; version 2 first, as it freezes without polling tricks.</summary>
    internal static IEnumerable<(bool IsVersion2, string Directory)> CandidateDirectories(string membership, string mountinfo)
    {
        string? version1 = null;
        string? version2 = null;
        foreach (string line in membership.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] fields = line.Split(':', 3);
            if (fields.Length != 3 || fields[2] == "/")
            {
                continue;
            }

            if (fields[0] == "0" && fields[1].Length == 0)
            {
                version2 = fields[2];
            }
            else if (fields[1].Split(',').Contains("freezer"))
            {
                version1 = fields[2];
            }
        }

        if (version2 is not null && MountPoint(mountinfo, "cgroup2", null) is { } mount2)
        {
            yield return (true, mount2 + version2);
        }

        if (version1 is not null && MountPoint(mountinfo, "cgroup", "freezer") is { } mount1)
        {
            yield return (false, mount1 + version1);
        }
    }

    /// <summary>Finds the mount point of a cgroup hierarchy in <c>/proc/self/mountinfo</c> (proc_pid_mountinfo(5)).</summary>
    private static string? MountPoint(string mountinfo, string fileSystem, string? controller)
    {
        foreach (string line in mountinfo.Split('\n', StringSplitOptions.RemoveEmptyEntries))
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

    private static bool HoldsExactly(string directory, IReadOnlyCollection<int> tree)
    {
        var held = new HashSet<int>();
        foreach (string file in Directory.EnumerateFiles(directory, "cgroup.procs", SearchOption.AllDirectories))
        {
            foreach (string line in File.ReadLines(file))
            {
                held.Add(int.Parse(line, System.Globalization.CultureInfo.InvariantCulture));
            }
        }

        return held.SetEquals(tree);
    }
}
