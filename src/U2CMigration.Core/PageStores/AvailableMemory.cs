using System.Buffers.Text;

namespace U2CMigration.Core.PageStores;

/// <summary>How much memory this process may still take: proc_meminfo(5) and the memory.max of its control groups (cgroup v1 and v2).</summary>
internal static class AvailableMemory
{
    private const string GroupRoot = "/sys/fs/cgroup";
    private const string OldGroupRoot = "/sys/fs/cgroup/memory";

    public static long Read()
    {
        long available = long.MaxValue;
        if (TryReadFile("/proc/meminfo") is { } meminfo)
        {
            available = ParseMemAvailable(meminfo) ?? available;
        }

        return Math.Min(available, ReadGroups());
    }

    /// <summary>The line <c>MemAvailable:   12345 kB</c> (Linux 3.14) in bytes, or null.</summary>
    public static long? ParseMemAvailable(ReadOnlySpan<byte> meminfo)
    {
        ReadOnlySpan<byte> key = "MemAvailable:"u8;
        int at = meminfo.IndexOf(key);
        if (at < 0)
        {
            return null;
        }

        ReadOnlySpan<byte> rest = meminfo[(at + key.Length)..].TrimStart((byte)' ');
        return Utf8Parser.TryParse(rest, out long kilobytes, out _) ? kilobytes * 1024 : null;
    }

    /// <summary>The path in the line <c>0::/path</c> of /proc/self/cgroup, or null without cgroup v2.</summary>
    public static string? ParseGroup(ReadOnlySpan<byte> groups)
    {
        foreach (Range line in groups.Split((byte)'\n'))
        {
            if (groups[line].StartsWith("0::"u8))
            {
                return System.Text.Encoding.UTF8.GetString(groups[line][3..]);
            }
        }

        return null;
    }

    /// <summary>What memory.max and memory.current leave, or no limit for <c>max</c>.</summary>
    public static long Headroom(ReadOnlySpan<byte> max, ReadOnlySpan<byte> current) =>
        Utf8Parser.TryParse(max, out long limit, out _) && Utf8Parser.TryParse(current, out long used, out _) ? Math.Max(0, limit - used) : long.MaxValue;

    /// <summary>The path of the memory controller of cgroup v1, in a line such as <c>4:memory:/path</c> of /proc/self/cgroup; null where v2 has it.</summary>
    public static string? ParseOldGroup(ReadOnlySpan<byte> groups)
    {
        foreach (Range line in groups.Split((byte)'\n'))
        {
            string[] fields = System.Text.Encoding.UTF8.GetString(groups[line]).Split(':', 3);
            if (fields.Length == 3 && fields[1].Split(',').Contains("memory"))
            {
                return fields[2];
            }
        }

        return null;
    }

    /// <summary>What the groups from one up to the root leave: a limit of any of them binds.</summary>
    /// <param name="root">Where the hierarchy is mounted.</param>
    /// <param name="group">The group; that of a container may be the root of what it sees.</param>
    /// <param name="limit">The file with the limit.</param>
    /// <param name="use">The file with what is in use.</param>
    public static long ReadGroups(string root, string? group, string limit, string use)
    {
        long available = long.MaxValue;
        while (group is not null && !group.Contains("..", StringComparison.Ordinal))
        {
            string directory = root + group.TrimEnd('/');
            if (TryReadFile($"{directory}/{limit}") is { } max && TryReadFile($"{directory}/{use}") is { } current)
            {
                available = Math.Min(available, Headroom(max, current));
            }

            group = Path.GetDirectoryName(group);
        }

        return available;
    }

    private static long ReadGroups() => TryReadFile("/proc/self/cgroup") is not { } groups
        ? long.MaxValue
        : Math.Min(
            ReadGroups(GroupRoot, ParseGroup(groups), "memory.max", "memory.current"),
            ReadGroups(OldGroupRoot, ParseOldGroup(groups), "memory.limit_in_bytes", "memory.usage_in_bytes"));

    private static byte[]? TryReadFile(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
