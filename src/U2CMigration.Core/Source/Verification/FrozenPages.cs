using U2CMigration.Criu.Images;
using U2CMigration.PageTracking.Pages;
using U2CMigration.PageTracking.Trackers;

namespace U2CMigration.Core.Source.Verification;

/// <summary>Lists every page of the frozen tree that travels: those of private memory by the tracker, those of shared memory by the kernel.</summary>
internal static class FrozenPages
{
    /// <summary>Lists them by mapping. Nothing is taken from the images but which mappings the kernel may empty at any time, and which pages are lazy.</summary>
    /// <param name="context">The migration.</param>
    /// <param name="tracker">Knows the private pages.</param>
    /// <param name="problem">Why some shared memory cannot be compared; null when all can.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static IReadOnlyList<FrozenMapping> Collect(SourceContext context, IPageTracker tracker, out string? problem, CancellationToken cancellationToken)
    {
        var resident = new PageSet();
        tracker.CollectResident(resident, cancellationToken);
        var images = new ImageDirectory(context.ImagesDirectory);
        var mappings = new List<FrozenMapping>();
        var shared = new SharedMappings();
        foreach (ProcessPages process in resident.Processes)
        {
            cancellationToken.ThrowIfCancellationRequested();
            AddPrivate(process, images.ReadMemoryAreas(context.Numbers.InImages(process.ProcessId)), mappings);
            shared.AddTo(mappings, process.ProcessId);
        }

        problem = shared.Problem;
        return mappings;
    }

    /// <summary>Cuts the pages at the bounds of mappings.</summary>
    internal static void AddPrivate(ProcessPages process, IReadOnlyList<MemoryArea> areas, List<FrozenMapping> mappings)
    {
        MemoryArea[] sorted = [.. areas.Where(static area => area.Kind != MemoryKind.Special || area.IsPrivate).OrderBy(static area => area.Start)];
        int index = 0;
        var ranges = new List<PageRange>();
        foreach (PageRange range in process.Ranges)
        {
            for (ulong at = range.Start; at < range.End;)
            {
                int before = index;
                while (index < sorted.Length && sorted[index].End <= at)
                {
                    index++;
                }

                if (index != before)
                {
                    Flush(process.ProcessId, sorted[before], ranges, mappings);
                    ranges = [];
                }

                bool isInside = index < sorted.Length && sorted[index].Start <= at;
                ulong end = isInside ? Math.Min(range.End, sorted[index].End) : index < sorted.Length ? Math.Min(range.End, sorted[index].Start) : range.End;
                if (isInside)
                {
                    ranges.Add(new PageRange(at, end));
                }
                else
                {
                    // In no mapping that the images know: there all the same, and so compared.
                    mappings.Add(new FrozenMapping(process.ProcessId, IsLazy: false, [new PageRange(at, end)]));
                }

                at = end;
            }
        }

        if (index < sorted.Length)
        {
            Flush(process.ProcessId, sorted[index], ranges, mappings);
        }
    }

    private static void Flush(int processId, MemoryArea area, List<PageRange> ranges, List<FrozenMapping> mappings)
    {
        if (ranges.Count > 0 && !area.IsDroppable)
        {
            mappings.Add(new FrozenMapping(processId, area.CanBeLazy, ranges));
        }
    }
}
