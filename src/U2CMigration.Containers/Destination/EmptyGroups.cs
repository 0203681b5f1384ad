namespace U2CMigration.Containers.Destination;

/// <summary>Removes control groups in which no process is.</summary>
internal static class EmptyGroups
{
    /// <summary>Removes them in every hierarchy, with those below, which runtimes make for themselves; what holds processes stays.</summary>
    /// <param name="groups">As in <c>/proc/PID/cgroup</c>; a root is left alone.</param>
    public static void Remove(IEnumerable<string> groups)
    {
        foreach (string group in groups.Select(static group => group.Trim('/')).Where(static group => group.Length > 0))
        {
            foreach (string hierarchy in Hierarchies())
            {
                TryRemove(Path.Combine(hierarchy, group));
            }
        }
    }

    /// <summary>A part of a shell script that removes a group, given as <c>$1</c>, in the usual hierarchies, with those below; one that holds processes stays.</summary>
    public const string Script = "find \"/sys/fs/cgroup/$1\" /sys/fs/cgroup/*/\"$1\" -depth -type d -exec rmdir {} + 2>/dev/null; true";

    private static IEnumerable<string> Hierarchies() =>
        from line in File.ReadLines("/proc/self/mountinfo")
        where line.Contains(" - cgroup", StringComparison.Ordinal)
        select line.Split(' ')[4];

    private static void TryRemove(string group)
    {
        try
        {
            foreach (string below in Directory.EnumerateDirectories(group))
            {
                TryRemove(below);
            }

            Directory.Delete(group);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It is not there, or in use.
        }
    }
}
