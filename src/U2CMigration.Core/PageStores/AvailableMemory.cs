using System.Buffers.Text;

namespace U2CMigration.Core.PageStores;

/// <summary>How much memory this process may still take: proc_meminfo(5) and the memory.max of its control groups (cgroup v2).</summary>
internal static class AvailableMemory
{
    private const string GroupRoot = "/sys/fs/cgroup";

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

    private static long ReadGroups()
    {
        long available = long.MaxValue;
        string? group = TryReadFile("/proc/self/cgroup") is { } groups ? ParseGroup(groups) : null;

        // A limit of any group above binds as well.
        while (group is { Length: > 1 } && !group.Contains("..", StringComparison.Ordinal))
        {
            if (TryReadFile($"{GroupRoot}{group}/memory.max") is { } max && TryReadFile($"{GroupRoot}{group}/memory.current") is { } current)
            {
                available = Math.Min(available, Headroom(max, current));
            }

            group = Path.GetDirectoryName(group);
        }

        return available;
    }

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
