using System.Buffers.Text;

namespace U2CMigration.PageTracking.SystemLevel;

/// <summary>Pure parsers of the text tables that the kernel keeps its figures in.</summary>
internal static class SystemTables
{
    /// <summary>
    /// The number behind a name at the beginning of a line: <c>pgfault 29072138</c> (/proc/vmstat, memory.stat), <c>MemFree:  8289416 kB</c>
    /// (/proc/meminfo), <c>wchar: 17</c> (/proc/PID/io), <c>softirq 2817230 0 91253</c> (/proc/stat). The name includes its colon.
    /// </summary>
    internal static bool TryFind(ReadOnlySpan<byte> table, ReadOnlySpan<byte> name, out long value)
    {
        value = 0;
        while (!table.IsEmpty)
        {
            ReadOnlySpan<byte> line = TakeLine(ref table);
            if (line.Length > name.Length && line[name.Length] == ' ' && line.StartsWith(name))
            {
                return TryNumber(line[name.Length..], out value);
            }
        }

        return false;
    }

    /// <summary>The total of <c>some avg10=0.12 avg60=0.05 avg300=0.01 total=219314546</c> (/proc/pressure/cpu, cpu.pressure), in microseconds.</summary>
    internal static bool TryFindPressure(ReadOnlySpan<byte> table, out long microseconds)
    {
        microseconds = 0;
        while (!table.IsEmpty)
        {
            ReadOnlySpan<byte> line = TakeLine(ref table);
            int at = line.LastIndexOf(" total="u8);
            if (at > 0 && line.StartsWith("some "u8))
            {
                return TryNumber(line[(at + 7)..], out microseconds);
            }
        }

        return false;
    }

    /// <summary>The sum over all devices of <c>254:0 rbytes=90 wbytes=4096 rios=3 wios=1</c> (io.stat); 0 when there is none.</summary>
    internal static long SumDevices(ReadOnlySpan<byte> table, ReadOnlySpan<byte> key)
    {
        long sum = 0;
        while (!table.IsEmpty)
        {
            ReadOnlySpan<byte> line = TakeLine(ref table);
            while (!line.IsEmpty)
            {
                int blank = line.IndexOf((byte)' ');
                ReadOnlySpan<byte> field = blank < 0 ? line : line[..blank];
                line = blank < 0 ? [] : line[(blank + 1)..];
                if (field.Length > key.Length && field[key.Length] == '=' && field.StartsWith(key) && TryNumber(field[(key.Length + 1)..], out long value))
                {
                    // A sum that no device can reach wraps round rather than ends the sampling.
                    sum = unchecked(sum + value);
                }
            }
        }

        return sum;
    }

    /// <summary>The number that is all of a file: memory.current, memory.max; false for <c>max</c>.</summary>
    internal static bool TryNumber(ReadOnlySpan<byte> text, out long value)
    {
        text = text.TrimStart((byte)' ');
        return Utf8Parser.TryParse(text, out value, out int consumed)
            && (consumed == text.Length || text[consumed] is (byte)' ' or (byte)'\n');
    }

    private static ReadOnlySpan<byte> TakeLine(ref ReadOnlySpan<byte> table)
    {
        int end = table.IndexOf((byte)'\n');
        ReadOnlySpan<byte> line = end < 0 ? table : table[..end];
        table = end < 0 ? [] : table[(end + 1)..];
        return line;
    }
}
