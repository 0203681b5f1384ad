using System.Globalization;

namespace U2CMigration.Core.CarriedState.Attributes;

/// <summary>A set of processors as text: <c>0-3,8</c>, or <see cref="All"/> for a thread that may run on all there are.</summary>
internal static class ProcessorSet
{
    /// <summary>Not restricted: on another host it means the processors of that host.</summary>
    public const string All = "all";

    /// <summary>Writes a set.</summary>
    public static string Format(IEnumerable<int> processors)
    {
        var parts = new List<string>();
        int[] sorted = [.. processors.Order()];
        for (int i = 0; i < sorted.Length;)
        {
            int end = i;
            while (end + 1 < sorted.Length && sorted[end + 1] == sorted[end] + 1)
            {
                end++;
            }

            parts.Add(end == i ? sorted[i].ToString(CultureInfo.InvariantCulture) : string.Create(CultureInfo.InvariantCulture, $"{sorted[i]}-{sorted[end]}"));
            i = end + 1;
        }

        return string.Join(',', parts);
    }

    /// <summary>Reads a set, also as the kernel writes it.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static IReadOnlyList<int> Parse(string text)
    {
        var processors = new List<int>();
        foreach (string part in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            string[] ends = part.Split('-');
            int first = int.Parse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture);
            int last = int.Parse(ends[^1], NumberStyles.None, CultureInfo.InvariantCulture);
            if (last < first || last > Interop.SchedulingCalls.MostProcessors || ends.Length > 2)
            {
                throw new FormatException($"'{text}' is not a set of processors, such as 0-3,8.");
            }

            processors.AddRange(Enumerable.Range(first, last - first + 1));
        }

        return processors;
    }

    /// <summary>Finds processors here for a set of another host: the same numbers where they exist; others are spread over those that do.</summary>
    /// <param name="wanted">The set of the other host.</param>
    /// <param name="here">The processors of this host, at least one.</param>
    public static IReadOnlyList<int> Map(IReadOnlyList<int> wanted, IReadOnlyList<int> here) =>
        [.. wanted.Select(processor => here.Contains(processor) ? processor : here[processor % here.Count]).Distinct().Order()];
}
