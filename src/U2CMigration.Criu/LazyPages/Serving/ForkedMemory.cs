using System.Globalization;
using U2CMigration.Criu.LazyPages.Handover;

namespace U2CMigration.Criu.LazyPages.Serving;

/// <summary>Which memory of a process its children do not get: MADV_WIPEONFORK, MADV_DONTFORK (madvise(2)).</summary>
/// <remarks>
/// The kernel wipes what is mapped. What is still missing would come from here, so it has to be known here; flags can be set at any time, and no event tells. A process that forks
/// waits until its fork was read, so what its smaps say then is what the fork has found, unless another of its threads changes a flag in that very moment.
/// </remarks>
internal static class ForkedMemory
{
    private static readonly string[] Withheld = ["wf", "dc"];

    /// <summary>Takes out of a new child's missing pages what its parent does not hand on.</summary>
    /// <param name="child">The child.</param>
    /// <param name="parentProcessId">The parent, as numbered here; 0 when that is not known.</param>
    /// <param name="record">Where it is written down; null for nowhere.</param>
    /// <returns>False when the parent is gone, and cannot be asked.</returns>
    internal static bool TryWithhold(RestoredTask child, int parentProcessId, ServingRecord? record)
    {
        if (parentProcessId == 0 || child.Ranges.PendingCount == 0)
        {
            return true;
        }

        try
        {
            foreach ((ulong start, ulong end) in Parse(File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{parentProcessId}/smaps"))))
            {
                record?.Withheld(child.Member, start, end);
                _ = child.Discard(start, end);
            }

            return true;
        }
        catch (IOException)
        {
            // It was killed in its fork, and with it every reader of its flags.
            return false;
        }
    }

    /// <summary>The mappings with one of the flags in a text of the form of <c>/proc/PID/smaps</c>.</summary>
    internal static IEnumerable<(ulong Start, ulong End)> Parse(IEnumerable<string> smaps)
    {
        const string Flags = "VmFlags:";
        (ulong Start, ulong End) mapping = default;
        foreach (string line in smaps)
        {
            if (line.StartsWith(Flags, StringComparison.Ordinal))
            {
                if (line[Flags.Length..].Split(' ').Any(static flag => Withheld.Contains(flag)))
                {
                    yield return mapping;
                }
            }
            else if (TryParseBounds(line, out (ulong, ulong) bounds))
            {
                mapping = bounds;
            }
        }
    }

    /// <summary>The first line of a mapping begins with its bounds; all others with a name and a colon.</summary>
    private static bool TryParseBounds(ReadOnlySpan<char> line, out (ulong Start, ulong End) bounds)
    {
        bounds = default;
        int dash = line.IndexOf('-');
        int blank = line.IndexOf(' ');
        return dash > 0 && blank > dash
            && ulong.TryParse(line[..dash], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out bounds.Start)
            && ulong.TryParse(line[(dash + 1)..blank], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out bounds.End);
    }
}
