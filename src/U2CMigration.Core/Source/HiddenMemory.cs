using U2CMigration.Criu.Images;
using U2CMigration.Criu.Versions;
using U2CMigration.PageTracking.Memory;
using U2CMigration.PageTracking.Pages;
using U2CMigration.PageTracking.Trackers;

namespace U2CMigration.Core.Source;

/// <summary>Private memory that CRIU is not shown: the tracker knows the pages of the frozen tree in a fraction of the time.</summary>
internal static class HiddenMemory
{
    /// <summary>Whether the tracker tells all private pages of a process. One that it does not know yet it finds in the last scan, which comes before the pages are needed.</summary>
    public static bool CanHide(IPageTracker? tracker, int processId)
    {
        if (tracker is null)
        {
            return false;
        }

        using MapsReader maps = MapsReader.Open(processId);
        while (maps.TryRead(out MapsLine line))
        {
            if (line.IsHugetlb && !line.IsShared)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>
    /// Completes the page maps of the processes that were hidden from CRIU, and the guard regions that it would have found there. The pages themselves travel like all others; the destination has
    /// them at hand.
    /// </summary>
    public static void AddToImages(SourceContext context, IPageTracker tracker, IReadOnlyCollection<int> hidden, CriuVersion criu, CancellationToken cancellationToken)
    {
        if (hidden.Count == 0)
        {
            return;
        }

        var resident = new PageSet();
        tracker.CollectResident(resident, cancellationToken);
        var images = new ImageDirectory(context.ImagesDirectory);
        foreach (int processId in hidden)
        {
            int inImages = context.Numbers.InImages(processId);
            if (resident.Processes.FirstOrDefault(process => process.ProcessId == processId) is not { } pages)
            {
                // It had ended when the tree stopped, and has no memory in the images either.
                if (images.ReadPagemap(inImages) is null)
                {
                    continue;
                }

                throw new IOException($"Process {processId} of the frozen tree is not known to the page tracker any more.");
            }

            HiddenPages.Add(images, inImages, Entries(pages));
            if (criu >= HiddenGuards.Known)
            {
                HiddenGuards.Add(images, inImages, [.. GuardRegions.Of(processId, cancellationToken).Select(static range => (range.Start, range.End))]);
            }
        }
    }

    private static IEnumerable<PagemapEntry> Entries(ProcessPages pages)
    {
        for (int index = 0; index < pages.Ranges.Length; index++)
        {
            PageRange range = pages.Ranges[index];
            yield return new PagemapEntry(range.Start, range.Pages, PagePlaces.None);
        }
    }
}
