using System.Buffers.Text;
using U2CMigration.PageTracking.Interop;
using U2CMigration.PageTracking.SystemLevel;

namespace U2CMigration.PageTracking.SharedWrites;

/// <summary>Whether there is memory for the page tables that protecting a mapping takes, of holes too: a 512th of it, counted to the process. A workload must not come to its limit by being looked at.</summary>
internal static class PageTableRoom
{
    private const long BytesOfOneTableByte = 512;

    /// <summary>So many times what is needed must be left.</summary>
    private const long Margin = 16;

    internal static bool IsEnough(int processId, ulong mappedBytes)
    {
        long needed = (long)mappedBytes / BytesOfOneTableByte * Margin;
        Func<string, string?> group = OwnCgroup.Of(processId);
        long? limit = Read(group("memory.max"));
        return Available() is var available && available >= needed && (limit is null || limit - (Read(group("memory.current")) ?? limit) >= needed);
    }

    /// <summary>What the host has left, in bytes; all there can be where it does not tell.</summary>
    private static long Available()
    {
        ReadOnlySpan<byte> memory = ProcFile.ReadSmall("/proc/meminfo", new byte[4096]);
        int line = memory.IndexOf("MemAvailable:"u8);
        return line >= 0 && Utf8Parser.TryParse(memory[(line + 13)..].TrimStart((byte)' '), out long kibibytes, out _) ? kibibytes << 10 : long.MaxValue;
    }

    /// <returns>Null where there is no such file, or no limit in it.</returns>
    private static long? Read(string? path) =>
        path is not null && Utf8Parser.TryParse(ProcFile.ReadSmall(path, new byte[64]), out long bytes, out _) ? bytes : null;
}
