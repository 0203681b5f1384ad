using System.Collections;
using U2CMigration.PageTracking.Pages;
using U2CMigration.PageTracking.Trackers;

namespace U2CMigration.PageTracking.IntegrationTests.Workload;

/// <summary>Compares what a tracker reports of a block with what was written there.</summary>
internal static class PageSetAssertions
{
    internal static PageSet Collect(this IPageTracker tracker)
    {
        PageSet dirty = new();
        tracker.Collect(dirty);
        return dirty;
    }

    internal static PageSet CollectResident(this IPageTracker tracker)
    {
        PageSet resident = new();
        tracker.CollectResident(resident);
        return resident;
    }

    internal static BitArray PagesOf(this PageSet set, MemoryBlock block, int processId = 0)
    {
        BitArray pages = new(block.Pages);
        if (set.TryGet(processId == 0 ? block.Writer.ProcessId : processId, out ProcessPages? process))
        {
            foreach (PageRange range in process.Ranges)
            {
                ulong end = block.Address + ((ulong)block.Pages * 4096);
                for (ulong page = Math.Max(range.Start, block.Address); page < Math.Min(range.End, end); page += 4096)
                {
                    pages[(int)((page - block.Address) >> 12)] = true;
                }
            }
        }

        return pages;
    }

    internal static int Count(this PageSet set, MemoryBlock block, int processId = 0) => set.PagesOf(block, processId).Cast<bool>().Count(static page => page);

    /// <summary>The block's part of the set is exactly what memory_writer picks.</summary>
    internal static void ShouldBeExactly(this PageSet set, MemoryBlock block, ulong seed, int permille, int processId = 0)
    {
        BitArray reported = set.PagesOf(block, processId);
        int missed = 0;
        int added = 0;
        for (int page = 0; page < block.Pages; page++)
        {
            bool written = WritePattern.Picks(seed, page, permille);
            missed += written && !reported[page] ? 1 : 0;
            added += !written && reported[page] ? 1 : 0;
        }

        (missed, added).Should().Be((0, 0), "no written page may be missing (first) and no other page be reported (second), {0} permille of {1} pages", permille, block.Pages);
    }

    /// <summary>The block's part of the set holds at least what memory_writer picks.</summary>
    internal static void ShouldContain(this PageSet set, MemoryBlock block, ulong seed, int permille, int processId = 0)
    {
        BitArray reported = set.PagesOf(block, processId);
        Enumerable.Range(0, block.Pages).Where(page => WritePattern.Picks(seed, page, permille) && !reported[page]).Should().BeEmpty("no written page may be missing");
    }
}
