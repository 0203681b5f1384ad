using System.Globalization;

namespace U2CMigration.Core.CarriedState;

/// <summary>Mappings that a process has sealed against any change (mseal(2), Linux 6.10), which the images do not tell.</summary>
internal static class SealedMappings
{
    private const string FlagsField = "VmFlags:";

    /// <summary>The system call.</summary>
    public const long SystemCall = 462;

    /// <summary>Start and end of each, neighbours as one. Those that the kernel makes for every process are its own.</summary>
    /// <param name="processId">The process.</param>
    /// <param name="taken">Its mappings and their flags, if they were read already: the kernel adds up all pages for that.</param>
    public static IReadOnlyList<ulong> Of(int processId, IReadOnlyList<(string Mapping, string Flags)>? taken)
    {
        try
        {
            return Parse(taken ?? Read(processId));
        }
        catch (IOException)
        {
            // It has ended.
            return [];
        }
    }

    internal static IReadOnlyList<ulong> Parse(IEnumerable<(string Mapping, string Flags)> mappings)
    {
        var found = new List<ulong>();
        foreach ((string mapping, string flags) in mappings)
        {
            if (flags.Contains(" sl", StringComparison.Ordinal) && !IsOfKernel(mapping))
            {
                Add(found, mapping);
            }
        }

        return found;
    }

    private static IEnumerable<(string Mapping, string Flags)> Read(int processId)
    {
        string mapping = string.Empty;
        foreach (string line in File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/smaps")))
        {
            if (line.StartsWith(FlagsField, StringComparison.Ordinal))
            {
                yield return (mapping, line);
            }
            else if (char.IsAsciiHexDigitLower(line.FirstOrDefault()))
            {
                mapping = line;
            }
        }
    }

    private static void Add(List<ulong> found, string mapping)
    {
        string[] ends = mapping.Split(' ', 2)[0].Split('-');
        ulong start = ulong.Parse(ends[0], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        ulong end = ulong.Parse(ends[1], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        if (found.Count > 0 && found[^1] == start)
        {
            found[^1] = end;
        }
        else
        {
            found.AddRange([start, end]);
        }
    }

    private static bool IsOfKernel(string mapping) => mapping.EndsWith(']') && !mapping.EndsWith("[heap]", StringComparison.Ordinal) && !mapping.EndsWith("[stack]", StringComparison.Ordinal) && !mapping.Contains("[anon", StringComparison.Ordinal);
}
