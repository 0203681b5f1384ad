using System.Collections.Immutable;

namespace U2CMigration.Criu.Images;

/// <summary>Keeps pages from being served after the restore, where they have to be there before it.</summary>
public static class EagerPages
{
    /// <summary>
    /// Takes the place away from lazy pages of mappings that cannot be lazy (<see cref="MemoryArea.CanBeLazy"/>), whoever made the pagemap, and from others that the caller names.
    /// They then have to get into the pages files: <see cref="PagemapRewriter.PlaceMissing"/>.
    /// </summary>
    /// <param name="directory">The images.</param>
    /// <param name="processId">The process, as numbered in the images.</param>
    /// <param name="more">More pages, whatever their places say; those that are not lazy are left as they are.</param>
    /// <returns>The pagemap as it is now; null when the process has none.</returns>
    /// <exception cref="CriuException">A file is damaged.</exception>
    public static Pagemap? Demand(ImageDirectory directory, int processId, params IReadOnlyList<PagemapEntry> more)
    {
        ArgumentNullException.ThrowIfNull(directory);
        ArgumentNullException.ThrowIfNull(more);
        if (directory.ReadPagemap(processId) is not { } before)
        {
            return null;
        }

        (ulong Start, ulong End)[] demanded =
        [
            .. directory.ReadMemoryAreas(processId).Where(static area => !area.CanBeLazy).Select(static area => (area.Start, area.End))
                .Concat(more.Select(static pages => (pages.Address, EndOf(pages))))
                .OrderBy(static range => range.Item1),
        ];
        Pagemap after = before with { Entries = [.. Cut(before.Entries, demanded)] };
        if (!after.Entries.SequenceEqual(before.Entries))
        {
            after.Write(directory.PathOf(ImageDirectory.PagemapName(processId)));
        }

        return after;
    }

    private static IEnumerable<PagemapEntry> Cut(ImmutableArray<PagemapEntry> entries, (ulong Start, ulong End)[] demanded)
    {
        int index = 0;
        foreach (PagemapEntry entry in entries)
        {
            if (!entry.IsLazyOnly)
            {
                // CRIU marks pages that it has written as lazy too, even in an ordinary dump. A lazy restore leaves out whatever is marked so, and nothing else would give those to the process.
                yield return entry.IsPresent ? entry with { Places = entry.Places & ~PagePlaces.Lazy } : entry;
                continue;
            }

            ulong at = entry.Address;
            ulong end = EndOf(entry);
            while (index < demanded.Length && demanded[index].End <= at)
            {
                index++;
            }

            for (int next = index; at < end && next < demanded.Length && demanded[next].Start < end; next++)
            {
                ulong from = Math.Max(at, demanded[next].Start);
                ulong to = Math.Min(end, demanded[next].End);
                if (from >= to)
                {
                    continue;
                }

                if (from > at)
                {
                    yield return Part(at, from, PagePlaces.Lazy);
                }

                yield return Part(from, to, PagePlaces.None);
                at = to;
            }

            if (at < end)
            {
                yield return Part(at, end, PagePlaces.Lazy);
            }
        }
    }

    private static PagemapEntry Part(ulong start, ulong end, PagePlaces places) => new(start, (long)(end - start) / Environment.SystemPageSize, places);

    private static ulong EndOf(PagemapEntry entry) => entry.Address + ((ulong)entry.Pages * (ulong)Environment.SystemPageSize);
}
