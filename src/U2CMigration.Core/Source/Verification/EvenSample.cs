using U2CMigration.PageTracking.Pages;

namespace U2CMigration.Core.Source.Verification;

/// <summary>Picks pages evenly from all mappings, so that what is wrong with a mapping as a whole cannot stay unseen.</summary>
internal static class EvenSample
{
    /// <summary>Takes all pages where there are not more than so many; else that many at equal distances, and as many more from mappings that would have none.</summary>
    public static List<FrozenMapping> Of(IReadOnlyCollection<FrozenMapping> mappings, long pages)
    {
        long total = mappings.Sum(static mapping => mapping.Pages);
        if (total <= pages)
        {
            return [.. mappings];
        }

        var sample = new List<FrozenMapping>();
        double distance = (double)total / pages;
        long extra = pages;
        double next = distance / 2;
        long before = 0;
        foreach (FrozenMapping mapping in mappings)
        {
            var picked = new List<PageRange>();
            long position = 0;
            foreach (PageRange range in mapping.Ranges)
            {
                for (; next < before + position + range.Pages; next += distance)
                {
                    picked.Add(PageAt(range, (long)next - before - position));
                }

                position += range.Pages;
            }

            if (picked.Count == 0 && extra > 0)
            {
                extra--;
                picked.Add(PageAt(mapping.Ranges[0], mapping.Ranges[0].Pages / 2));
            }

            if (picked.Count > 0)
            {
                sample.Add(mapping with { Ranges = picked });
            }

            before += mapping.Pages;
        }

        return sample;
    }

    private static PageRange PageAt(PageRange range, long page)
    {
        ulong start = range.Start + ((ulong)page << PageSize.Shift);
        return new PageRange(start, start + PageSize.Bytes);
    }
}
