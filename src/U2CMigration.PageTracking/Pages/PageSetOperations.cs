namespace U2CMigration.PageTracking.Pages;

/// <summary>Set operations on <see cref="PageSet"/>; each is linear in the number of runs.</summary>
public static class PageSetOperations
{
    /// <summary>Adds to <paramref name="result"/> every page that is in at least one of two sets.</summary>
    /// <param name="first">A set.</param>
    /// <param name="second">A set.</param>
    /// <param name="result">Receives the pages; neither of the other two.</param>
    public static void UnionTo(this PageSet first, PageSet second, PageSet result)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        ArgumentNullException.ThrowIfNull(result);
        foreach (ProcessPages process in first.Processes)
        {
            Union(process.ProcessId, process.Ranges, RangesOf(second, process.ProcessId), result);
        }

        foreach (ProcessPages process in second.Processes)
        {
            if (!first.TryGet(process.ProcessId, out _))
            {
                Union(process.ProcessId, [], process.Ranges, result);
            }
        }
    }

    /// <summary>Adds to <paramref name="result"/> every page of the first set that is also in the second.</summary>
    /// <param name="first">A set.</param>
    /// <param name="second">A set.</param>
    /// <param name="result">Receives the pages; neither of the other two. Processes of the first set get an entry even if it is empty.</param>
    public static void IntersectTo(this PageSet first, PageSet second, PageSet result)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        ArgumentNullException.ThrowIfNull(result);
        foreach (ProcessPages process in first.Processes)
        {
            result.Of(process.ProcessId);
            ReadOnlySpan<PageRange> others = RangesOf(second, process.ProcessId);
            int next = 0;
            foreach (PageRange range in process.Ranges)
            {
                while (next < others.Length && others[next].End <= range.Start)
                {
                    next++;
                }

                for (int i = next; i < others.Length && others[i].Start < range.End; i++)
                {
                    result.Add(process.ProcessId, Math.Max(range.Start, others[i].Start), Math.Min(range.End, others[i].End));
                }
            }
        }
    }

    /// <summary>Adds to <paramref name="result"/> every page of the first set that is not in the second.</summary>
    /// <param name="first">A set.</param>
    /// <param name="second">A set.</param>
    /// <param name="result">Receives the pages; neither of the other two. Processes of the first set get an entry even if it is empty.</param>
    public static void ExceptTo(this PageSet first, PageSet second, PageSet result)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        ArgumentNullException.ThrowIfNull(result);
        foreach (ProcessPages process in first.Processes)
        {
            PageRuns.AppendDifference(process.Ranges, RangesOf(second, process.ProcessId), result.Of(process.ProcessId));
        }
    }

    /// <summary>Adds to <paramref name="result"/> every page of a set.</summary>
    /// <param name="pages">A set.</param>
    /// <param name="result">Receives the pages; another set. Processes get an entry even if it is empty.</param>
    public static void CopyTo(this PageSet pages, PageSet result)
    {
        ArgumentNullException.ThrowIfNull(pages);
        ArgumentNullException.ThrowIfNull(result);
        for (int i = 0; i < pages.Processes.Count; i++)
        {
            ProcessPages process = pages.Processes[i];
            ProcessPages copy = result.Of(process.ProcessId);
            foreach (PageRange range in process.Ranges)
            {
                copy.Append(range.Start, range.End);
            }
        }
    }

    /// <summary>Counts the pages that are in both of two sets.</summary>
    /// <param name="first">A set.</param>
    /// <param name="second">A set.</param>
    public static long CountCommon(this PageSet first, PageSet second)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        long count = 0;
        for (int p = 0; p < first.Processes.Count; p++)
        {
            ReadOnlySpan<PageRange> others = RangesOf(second, first.Processes[p].ProcessId);
            int next = 0;
            foreach (PageRange range in first.Processes[p].Ranges)
            {
                while (next < others.Length && others[next].End <= range.Start)
                {
                    next++;
                }

                for (int i = next; i < others.Length && others[i].Start < range.End; i++)
                {
                    count += (long)((Math.Min(range.End, others[i].End) - Math.Max(range.Start, others[i].Start)) >> PageSize.Shift);
                }
            }
        }

        return count;
    }

    private static ReadOnlySpan<PageRange> RangesOf(PageSet set, int processId) =>
        set.TryGet(processId, out ProcessPages? pages) ? pages.Ranges : [];

    private static void Union(int processId, ReadOnlySpan<PageRange> a, ReadOnlySpan<PageRange> b, PageSet result)
    {
        result.Of(processId);
        int i = 0;
        int j = 0;
        ulong start = 0;
        ulong end = 0;
        while (i < a.Length || j < b.Length)
        {
            PageRange next = j >= b.Length || (i < a.Length && a[i].Start <= b[j].Start) ? a[i++] : b[j++];
            if (end != 0 && next.Start <= end)
            {
                end = Math.Max(end, next.End);
                continue;
            }

            if (end != 0)
            {
                result.Add(processId, start, end);
            }

            (start, end) = next;
        }

        if (end != 0)
        {
            result.Add(processId, start, end);
        }
    }
}
