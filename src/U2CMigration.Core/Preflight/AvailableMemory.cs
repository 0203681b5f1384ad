using System.Globalization;

namespace U2CMigration.Core.Preflight;

/// <summary>The memory that programs can still take: MemAvailable of <c>/proc/meminfo</c> (proc_meminfo(5)).</summary>
internal static class AvailableMemory
{
    private const string Name = "MemAvailable:";

    public static long Bytes() => Parse(File.ReadLines("/proc/meminfo"));

    internal static long Parse(IEnumerable<string> lines)
    {
        string line = lines.First(l => l.StartsWith(Name, StringComparison.Ordinal));
        return long.Parse(line[Name.Length..].Replace("kB", string.Empty, StringComparison.Ordinal), NumberStyles.Integer, CultureInfo.InvariantCulture) * 1024;
    }
}
