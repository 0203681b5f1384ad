using System.Globalization;
using System.Text;

namespace U2CMigration.Core.Inventory;

/// <summary>Reads the mappings of a process that are shared or have a name worth a question; <c>/proc/PID/maps</c>, proc_pid_maps(5).</summary>
internal static class MappingTable
{
    private static readonly string[] Watched = ["/SYSV", "/secretmem", "anon_inode:", "/dev/"];

    /// <summary>Reads them; none when the process has ended.</summary>
    public static IReadOnlyList<NamedMapping> Read(int processId)
    {
        try
        {
            return [.. Parse(processId, File.ReadAllBytes(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/maps")))];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>The paths of all mapped files.</summary>
    public static IReadOnlySet<string> ReadFiles(int processId)
    {
        var files = new HashSet<string>();
        try
        {
            ReadOnlySpan<byte> content = File.ReadAllBytes(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/maps"));
            foreach (Range range in content.Split((byte)'\n'))
            {
                if (NameIn(content[range]) is >= 0 and var name && content[range][name] == '/')
                {
                    files.Add(Encoding.UTF8.GetString(content[range][name..]));
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It has ended.
        }

        return files;
    }

    internal static IReadOnlyList<NamedMapping> Parse(int processId, ReadOnlySpan<byte> content)
    {
        var mappings = new List<NamedMapping>();
        while (!content.IsEmpty)
        {
            int end = content.IndexOf((byte)'\n');
            ReadOnlySpan<byte> line = end < 0 ? content : content[..end];
            content = end < 0 ? [] : content[(end + 1)..];

            // Private mappings of libraries and of nothing at all are by far the most.
            int name = NameIn(line);
            if (name >= 0 && ParseLine(processId, line, name) is { } mapping && (mapping.IsShared || IsWatched(mapping.Name)))
            {
                mappings.Add(mapping);
            }
        }

        return mappings;
    }

    private static bool IsWatched(string name) => Array.Exists(Watched, prefix => name.StartsWith(prefix, StringComparison.Ordinal));

    /// <summary>Where the name begins; -1 for none. It is the sixth field and may hold blanks.</summary>
    private static int NameIn(ReadOnlySpan<byte> line)
    {
        int at = 0;
        for (int field = 0; field < 5; field++)
        {
            int blank = line[at..].IndexOf((byte)' ');
            if (blank < 0)
            {
                return -1;
            }

            at += blank;
            while (at < line.Length && line[at] == ' ')
            {
                at++;
            }
        }

        return at < line.Length && line[at] != '[' ? at : -1;
    }

    private static NamedMapping? ParseLine(int processId, ReadOnlySpan<byte> line, int name)
    {
        string[] fields = Encoding.ASCII.GetString(line[..name]).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        string[] range = fields.Length == 5 ? fields[0].Split('-') : [];
        return range.Length == 2
            && ulong.TryParse(range[0], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong address)
            && ulong.TryParse(fields[4], NumberStyles.None, CultureInfo.InvariantCulture, out ulong inode)
            ? new NamedMapping(processId, address, fields[1].Contains('s', StringComparison.Ordinal), fields[3], inode, Encoding.UTF8.GetString(line[name..]))
            : null;
    }
}
