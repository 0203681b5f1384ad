namespace U2CMigration.PageTracking.Pages;

/// <summary>Operations on ascending runs.</summary>
internal static class PageRuns
{
    /// <summary>Whether runs are ascending and do not overlap.</summary>
    /// <param name="runs">The runs.</param>
    internal static bool AreAscending(ReadOnlySpan<PageRange> runs)
    {
        for (int i = 1; i < runs.Length; i++)
        {
            if (runs[i].Start < runs[i - 1].End)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Appends what is in the first runs and not in the second.</summary>
    /// <param name="runs">Runs that do not overlap, ascending; they may touch.</param>
    /// <param name="without">Such runs too.</param>
    /// <param name="result">Receives the difference; what it has already ends where the first run starts, or before.</param>
    internal static void AppendDifference(ReadOnlySpan<PageRange> runs, ReadOnlySpan<PageRange> without, ProcessPages result)
    {
        int next = 0;
        foreach (PageRange range in runs)
        {
            ulong at = range.Start;
            while (next < without.Length && without[next].End <= at)
            {
                next++;
            }

            for (int i = next; i < without.Length && without[i].Start < range.End; i++)
            {
                if (without[i].Start > at)
                {
                    result.Append(at, without[i].Start);
                }

                at = Math.Max(at, without[i].End);
            }

            if (at < range.End)
            {
                result.Append(at, range.End);
            }
        }
    }
}
