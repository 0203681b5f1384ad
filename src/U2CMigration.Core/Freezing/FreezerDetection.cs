namespace U2CMigration.Core.Freezing;

/// <summary>Finds the cgroup whose freezer stops a process tree and nothing else.</summary>
internal static class FreezerDetection
{
    /// <summary>Picks a freezer for a tree.</summary>
    /// <param name="rootProcessId">The root of the tree.</param>
    /// <param name="warn">Receives sentences about what changes until the freeze.</param>
    public static ITreeFreezer For(int rootProcessId, Action<string> warn)
    {
        foreach ((bool isVersion2, string directory) in Candidates(CgroupDirectories.Of(rootProcessId)))
        {
            string control = Path.Combine(directory, isVersion2 ? "cgroup.freeze" : "freezer.state");
            if (File.Exists(control) && CgroupDirectories.HoldsExactly(directory, rootProcessId))
            {
                return new TreeFreezer(new CgroupFreezer(directory, isVersion2, CgroupFreezer.DefaultTimeout), rootProcessId, warn);
            }
        }

        return new CriuStop();
    }

    /// <summary>The groups of a process that can freeze; version 2 first, as it freezes without polling tricks.</summary>
    internal static IEnumerable<(bool IsVersion2, string Directory)> Candidates(CgroupDirectories directories)
    {
        if (directories.Unified is { } version2)
        {
            yield return (true, version2);
        }

        if (directories.Version1("freezer") is { } version1)
        {
            yield return (false, version1);
        }
    }
}
