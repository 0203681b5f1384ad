namespace U2CMigration.PageTracking.Processes;

/// <summary>Where the hierarchies that can freeze are mounted.</summary>
/// <param name="Unified">The version 2 hierarchy.</param>
/// <param name="Freezer">The version 1 hierarchy of the freezer.</param>
internal sealed record CgroupMounts(CgroupMounts.Mount? Unified, CgroupMounts.Mount? Freezer)
{
    /// <summary>Reads /proc/self/mountinfo, see proc_pid_mountinfo(5).</summary>
    internal static CgroupMounts Parse(string mountinfo)
    {
        Mount? unified = null;
        Mount? freezer = null;
        foreach (string line in mountinfo.Split('\n'))
        {
            // number, parent, device, root, mount point, options, optional fields, "-", type, source, super options
            string[] fields = line.Split(' ');
            int dash = Array.IndexOf(fields, "-");
            if (dash < 6 || fields.Length < dash + 4)
            {
                continue;
            }

            Mount mount = new(fields[3], fields[4]);
            if (fields[dash + 1] == "cgroup2")
            {
                unified ??= mount;
            }
            else if (fields[dash + 1] == "cgroup" && fields[dash + 3].Split(',').Contains("freezer"))
            {
                freezer ??= mount;
            }
        }

        return new CgroupMounts(unified, freezer);
    }

    /// <summary>A mount of a hierarchy or of a part of it.</summary>
    internal sealed record Mount(string Root, string Point)
    {
        /// <summary>The file of a group; null when the group lies outside of what is mounted.</summary>
        internal string? Resolve(string group, string file)
        {
            if (Root == "/")
            {
                return $"{Point}{(group == "/" ? "" : group)}/{file}";
            }

            return group == Root || group.StartsWith(Root + "/", StringComparison.Ordinal) ? $"{Point}{group[Root.Length..]}/{file}" : null;
        }
    }
}
