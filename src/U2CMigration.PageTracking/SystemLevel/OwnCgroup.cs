using System.Text;
using U2CMigration.PageTracking.Interop;
using U2CMigration.PageTracking.Processes;

namespace U2CMigration.PageTracking.SystemLevel;

/// <summary>The cgroup of version 2 that a process is in, if it is not the root of the hierarchy.</summary>
internal static class OwnCgroup
{
    /// <summary>The path of a file in the cgroup; null when the process has none of its own.</summary>
    internal static Func<string, string?> Of(int processId)
    {
        string mountinfo = Encoding.UTF8.GetString(ProcFile.ReadSmall("/proc/self/mountinfo", new byte[1 << 18]));
        string? group = Find(Encoding.UTF8.GetString(ProcFile.ReadSmall(processId, "cgroup", new byte[4096])));
        CgroupMounts.Mount? mount = CgroupMounts.Parse(mountinfo).Unified;
        return name => group is null ? null : mount?.Resolve(group, name);
    }

    /// <summary>The group named in /proc/PID/cgroup (cgroups(7)); null for the root.</summary>
    internal static string? Find(string cgroups)
    {
        foreach (string line in cgroups.Split('\n'))
        {
            if (line.StartsWith("0::", StringComparison.Ordinal))
            {
                return line.Length > 4 ? line[3..] : null;
            }
        }

        return null;
    }
}
