using System.Buffers.Text;
using System.Text;

namespace U2CMigration.PageTracking.Memory;

/// <summary>One line of /proc/PID/maps, read in place without allocations. See proc_pid_maps(5).</summary>
public readonly ref struct MapsLine
{
    private MapsLine(ulong start, ulong end, MemoryProtection protection, bool isShared, ReadOnlySpan<byte> rest)
    {
        Start = start;
        End = end;
        Protection = protection;
        IsShared = isShared;
        Rest = rest;
    }

    /// <summary>The first address.</summary>
    public ulong Start { get; }

    /// <summary>The first address behind the mapping.</summary>
    public ulong End { get; }

    /// <summary>What may be done with the pages.</summary>
    public MemoryProtection Protection { get; }

    /// <summary>Whether writes are seen by others.</summary>
    public bool IsShared { get; }

    /// <summary>The path or name: what follows the fifth field, without the padding.</summary>
    public ReadOnlySpan<byte> Path
    {
        get
        {
            ReadOnlySpan<byte> rest = Rest;
            for (int skipped = 0; skipped < 3; skipped++)
            {
                int blank = rest.IndexOf((byte)' ');
                if (blank < 0)
                {
                    return [];
                }

                rest = rest[(blank + 1)..];
            }

            return rest.TrimStart((byte)' ');
        }
    }

    /// <summary>A page set up by the kernel itself ([vvar], [vdso], [vsyscall], [uprobes]): the destination kernel brings its own.</summary>
    public bool IsSpecial => Path.StartsWith("[v"u8) || Path.SequenceEqual("[uprobes]"u8);

    /// <summary>Huge pages of hugetlbfs. Private ones carry the name that the kernel gives its internal files.</summary>
    public bool IsHugetlb => Path.StartsWith("/anon_hugepage"u8);

    /// <summary>Whether it maps no file: the inode is 0.</summary>
    public bool IsAnonymous
    {
        get
        {
            // Three fields: offset, device, inode.
            ReadOnlySpan<byte> rest = Rest;
            rest = rest[(rest.IndexOf((byte)' ') + 1)..];
            rest = rest[(rest.IndexOf((byte)' ') + 1)..];
            return rest.SequenceEqual("0"u8) || rest.StartsWith("0 "u8);
        }
    }

    private ReadOnlySpan<byte> Rest { get; }

    /// <summary>Reads a line.</summary>
    /// <param name="line">The line without its end.</param>
    /// <param name="parsed">What it says.</param>
    /// <returns>False when the line does not have the form of /proc/PID/maps.</returns>
    public static bool TryParse(ReadOnlySpan<byte> line, out MapsLine parsed)
    {
        parsed = default;
        int dash = line.IndexOf((byte)'-');
        int blank = line.IndexOf((byte)' ');
        if (dash <= 0 || blank <= dash || line.Length < blank + 6 || line[blank + 5] != ' ')
        {
            return false;
        }

        ReadOnlySpan<byte> flags = line.Slice(blank + 1, 4);
        if (!TryParseHex(line[..dash], out ulong start) || !TryParseHex(line[(dash + 1)..blank], out ulong end) || end <= start
            || !TryParseFlag(flags[0], 'r', MemoryProtection.Read, out MemoryProtection read)
            || !TryParseFlag(flags[1], 'w', MemoryProtection.Write, out MemoryProtection write)
            || !TryParseFlag(flags[2], 'x', MemoryProtection.Execute, out MemoryProtection execute)
            || flags[3] is not ((byte)'p' or (byte)'s'))
        {
            return false;
        }

        parsed = new MapsLine(start, end, read | write | execute, flags[3] == 's', line[(blank + 6)..]);
        return true;
    }

    /// <summary>The line as an object that can be kept.</summary>
    /// <param name="area">The mapping.</param>
    /// <returns>False when the offset, device or inode is malformed.</returns>
    public bool TryMaterialize([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out VirtualMemoryArea? area)
    {
        area = null;
        ReadOnlySpan<byte> rest = Rest;
        int colon = rest.IndexOf((byte)':');
        int first = rest.IndexOf((byte)' ');
        if (first < 0 || colon < first)
        {
            return false;
        }

        ReadOnlySpan<byte> behindDevice = rest[(colon + 1)..];
        int second = behindDevice.IndexOf((byte)' ');
        if (second < 0
            || !TryParseHex(rest[..first], out ulong offset)
            || !TryParseHex(rest[(first + 1)..colon], out ulong major)
            || !TryParseHex(behindDevice[..second], out ulong minor)
            || !Utf8Parser.TryParse(behindDevice[(second + 1)..], out ulong inode, out _))
        {
            return false;
        }

        area = new VirtualMemoryArea(Start, End, Protection, IsShared, offset, (uint)major, (uint)minor, inode, Encoding.UTF8.GetString(Path));
        return true;
    }

    private static bool TryParseHex(ReadOnlySpan<byte> text, out ulong value) =>
        Utf8Parser.TryParse(text, out value, out int consumed, 'x') && consumed == text.Length;

    private static bool TryParseFlag(byte letter, char set, MemoryProtection meaning, out MemoryProtection protection)
    {
        protection = letter == set ? meaning : MemoryProtection.None;
        return letter == set || letter == '-';
    }
}
