using System.Text;
using U2CMigration.PageTracking.Interop;

namespace U2CMigration.PageTracking.Processes;

/// <summary>Whether the control group of a process is frozen (cgroup v2 <c>cgroup.freeze</c>, cgroup v1 <c>freezer.state</c>).</summary>
internal static class FreezerState
{
    private static readonly CgroupMounts Mounts = CgroupMounts.Parse(Encoding.UTF8.GetString(ProcFile.ReadSmall("/proc/self/mountinfo", new byte[1 << 18])));

    /// <summary>False also when the control groups are not visible here.</summary>
    internal static bool IsFrozen(int processId)
    {
        byte[] buffer = new byte[4096];
        string groups = Encoding.UTF8.GetString(ProcFile.ReadSmall(processId, "cgroup", buffer));
        foreach (ReadOnlySpan<char> line in groups.AsSpan().EnumerateLines())
        {
            // hierarchy number : controllers : path
            int first = line.IndexOf(':');
            int second = first < 0 ? -1 : line[(first + 1)..].IndexOf(':') + first + 1;
            if (second <= first)
            {
                continue;
            }

            ReadOnlySpan<char> controllers = line[(first + 1)..second];
            string path = line[(second + 1)..].ToString();
            if (controllers.IsEmpty
                ? Contains(Mounts.Unified?.Resolve(path, "cgroup.events"), "frozen 1"u8, buffer)
                : controllers is "freezer" && Contains(Mounts.Freezer?.Resolve(path, "freezer.state"), "FR"u8, buffer))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Contains(string? file, ReadOnlySpan<byte> text, byte[] buffer) =>
        file is not null && ProcFile.ReadSmall(file, buffer).IndexOf(text) >= 0;
}
