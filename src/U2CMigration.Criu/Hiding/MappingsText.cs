using System.Globalization;
using System.Text;

namespace U2CMigration.Criu.Hiding;

/// <summary>What CRIU reads of /proc/PID/smaps: the mappings and their flags. The kernel adds up all pages for that file, 13 ms for a GiB.</summary>
/// <param name="Mappings">The lines of the mappings, as in /proc/PID/maps, and for each the line of its flags.</param>
/// <param name="ResidentKibibytes">What the kernel added up.</param>
internal sealed record MappingsText(IReadOnlyList<(string Mapping, string Flags)> Mappings, long ResidentKibibytes)
{
    /// <summary>Names of files are bytes, and have to come out as they went in.</summary>
    private static readonly Encoding FileNames = Encoding.Latin1;

    private const int BufferBytes = 65536;
    private const string FlagsField = "VmFlags:";
    private const string ResidentField = "Rss:";

    /// <summary>Soft-dirty and write-protected: set by those who look for written pages, at any time. CRIU does not want to know.</summary>
    private static readonly string[] OfTrackers = [" sd", " uw"];

    /// <summary>The user's half of the address space; the other half ([vsyscall]) is alike in all processes and in no page map.</summary>
    internal List<(ulong Start, ulong End)> Ranges { get; } = [.. Mappings.Select(static mapping => RangeOf(mapping.Mapping)).Where(static range => (long)range.Start >= 0)];

    /// <summary>Reads the mappings of a process, slowly.</summary>
    /// <exception cref="IOException">The process is gone.</exception>
    internal static MappingsText Read(int processId)
    {
        using StreamReader reader = Open(processId, "smaps");
        return Parse(reader);
    }

    internal static MappingsText Parse(TextReader reader)
    {
        var mappings = new List<(string Mapping, string Flags)>();
        string? mapping = null;
        long resident = 0;
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith(FlagsField, StringComparison.Ordinal) && mapping is not null)
            {
                mappings.Add((mapping, OfTrackers.Aggregate(line, static (flags, flag) => flags.Replace(flag, string.Empty, StringComparison.Ordinal))));
                mapping = null;
            }
            else if (line.StartsWith(ResidentField, StringComparison.Ordinal))
            {
                ReadOnlySpan<char> value = line.AsSpan(ResidentField.Length);
                resident += long.Parse(value.EndsWith(" kB") ? value[..^" kB".Length] : value, NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture);
            }
            else if (char.IsAsciiHexDigitLower(line.FirstOrDefault()))
            {
                // Fields begin with a capital letter.
                mapping = line;
            }
        }

        return new MappingsText(mappings, resident);
    }

    /// <summary>Whether a process has exactly these mappings now, as far as can be told quickly: their flags may be others.</summary>
    /// <exception cref="IOException">The process is gone.</exception>
    internal bool HasMappingsOf(int processId)
    {
        using StreamReader reader = Open(processId, "maps");
        return HasMappingsOf(reader);
    }

    internal bool HasMappingsOf(TextReader maps)
    {
        foreach ((string mapping, _) in Mappings)
        {
            if (maps.ReadLine() != mapping)
            {
                return false;
            }
        }

        return maps.ReadLine() is null;
    }

    /// <summary>Whether all of these mappings are among others, with the same flags. A process that is dumped has some of CRIU's as well.</summary>
    internal bool AreAmong(MappingsText others)
    {
        var found = new HashSet<(string Mapping, string Flags)>(others.Mappings);
        return Mappings.All(found.Contains);
    }

    /// <summary>Whether a mapping that both have has other flags there.</summary>
    internal bool Contradicts(MappingsText other)
    {
        var flags = other.Mappings.ToDictionary(static mapping => mapping.Mapping, static mapping => mapping.Flags);
        return Mappings.Any(mapping => flags.TryGetValue(mapping.Mapping, out string? there) && there != mapping.Flags);
    }

    internal byte[] ToBytes()
    {
        var text = new StringBuilder();
        foreach ((string mapping, string flags) in Mappings)
        {
            text.Append(mapping).Append('\n').Append(flags).Append('\n');
        }

        return FileNames.GetBytes(text.ToString());
    }

    /// <summary>The addresses that a line of /proc/PID/maps begins with.</summary>
    /// <exception cref="FormatException">It begins with something else.</exception>
    internal static (ulong Start, ulong End) RangeOf(ReadOnlySpan<char> line)
    {
        int dash = line.IndexOf('-');
        int blank = line.IndexOf(' ');
        if (dash < 0 || blank < dash)
        {
            throw new FormatException($"'{line}' is no line of /proc/PID/maps.");
        }

        return (
            ulong.Parse(line[..dash], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture),
            ulong.Parse(line[(dash + 1)..blank], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
    }

    private static StreamReader Open(int processId, string file) =>
        new(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/{file}"), FileNames, detectEncodingFromByteOrderMarks: false, BufferBytes);
}
