using System.Collections.Immutable;

namespace U2CMigration.Criu.Images;

/// <summary>Completes images that were dumped without the private memory of a process (<see cref="Rpc.LazyDumpOptions.HidesMemory"/>).</summary>
public static class HiddenPages
{
    /// <summary>
    /// Adds pages to the pagemap of a process: lazy where a restore can do without them, with no place otherwise. The latter have to get into the pages file before the restore,
    /// on the host on which they are at hand: <see cref="PagemapRewriter.PlaceMissing"/>.
    /// </summary>
    /// <param name="directory">The images.</param>
    /// <param name="processId">The process, as numbered in the images.</param>
    /// <param name="resident">
    /// The pages that hold content of their own, ascending, whatever their places say. Those that the kernel may take away at any time (MAP_DROPPABLE) are left out.
    /// </param>
    /// <exception cref="CriuException">
    /// A file is damaged or missing, the pages are not ascending, or one lies where the images have no place for it: a restore would lose it.
    /// </exception>
    public static void Add(ImageDirectory directory, int processId, IEnumerable<PagemapEntry> resident)
    {
        ArgumentNullException.ThrowIfNull(directory);
        ArgumentNullException.ThrowIfNull(resident);
        string path = directory.PathOf(ImageDirectory.PagemapName(processId));
        Pagemap found = directory.ReadPagemap(processId) ?? throw ImageError.At(path, 0, "it is missing");

        // CRIU lists guard regions behind all mappings, although they lie inside of them.
        IReadOnlyList<MemoryArea> mappings = directory.ReadMemoryAreas(processId);
        MemoryArea[] areas = [.. mappings.Where(static area => area.IsPrivate).OrderBy(static area => area.Start)];
        (found with { Entries = Merge(path, found.Entries, Place(areas, resident, (from, to) => Homeless(processId, from, to, mappings))) }).Write(path);
    }

    /// <summary>Cuts the pages at the bounds of the mappings: lazy ones, and with no place those that are needed in the pages file.</summary>
    private static IEnumerable<PagemapEntry> Place(MemoryArea[] areas, IEnumerable<PagemapEntry> resident, Func<ulong, ulong, CriuException> homeless)
    {
        int index = 0;
        foreach (PagemapEntry pages in resident)
        {
            ulong end = EndOf(pages);
            while (index < areas.Length && areas[index].End <= pages.Address)
            {
                index++;
            }

            ulong at = pages.Address;
            for (int area = index; area < areas.Length && areas[area].Start < end; area++)
            {
                ulong from = Math.Max(pages.Address, areas[area].Start);
                ulong to = Math.Min(end, areas[area].End);
                if (from > at)
                {
                    throw homeless(at, from);
                }

                at = to;
                if (areas[area].IsDroppable)
                {
                    continue;
                }

                yield return new PagemapEntry(from, (long)(to - from) / Environment.SystemPageSize, areas[area].CanBeLazy ? PagePlaces.Lazy : PagePlaces.None);
            }

            if (at < end)
            {
                throw homeless(at, end);
            }
        }
    }

    private static CriuException Homeless(int processId, ulong from, ulong to, IReadOnlyList<MemoryArea> mappings)
    {
        MemoryArea? mapping = mappings.Where(area => area.Start < to && area.End > from).Select(static area => (MemoryArea?)area).FirstOrDefault();
        string place = mapping is { } found
            ? $"in a mapping at 0x{found.Start:x}-0x{found.End:x} that the images call {found.Kind} and not private"
            : "in no mapping of the images";
        return new CriuException(
            $"Process {processId} (as numbered in the images) has {(to - from) / (ulong)Environment.SystemPageSize} pages of its own at 0x{from:x}, {place}: they would be lost by a restore. This is a defect; report it with the lines of /proc/PID/maps around that address.",
            ImageError.Request);
    }

    private static ImmutableArray<PagemapEntry> Merge(string path, ImmutableArray<PagemapEntry> found, IEnumerable<PagemapEntry> added)
    {
        var merged = ImmutableArray.CreateBuilder<PagemapEntry>();
        int next = 0;
        foreach (PagemapEntry entry in added)
        {
            while (next < found.Length && found[next].Address < entry.Address)
            {
                Append(path, merged, found[next++]);
            }

            Append(path, merged, entry);
        }

        while (next < found.Length)
        {
            Append(path, merged, found[next++]);
        }

        return merged.DrainToImmutable();
    }

    private static void Append(string path, ImmutableArray<PagemapEntry>.Builder entries, PagemapEntry entry)
    {
        if (entries.Count > 0)
        {
            PagemapEntry last = entries[^1];
            if (EndOf(last) > entry.Address)
            {
                throw ImageError.At(path, 0, $"the pages at 0x{entry.Address:x} are in it already, or were given twice or out of order");
            }

            if (EndOf(last) == entry.Address && last.Places == entry.Places)
            {
                entries[^1] = last with { Pages = last.Pages + entry.Pages };
                return;
            }
        }

        entries.Add(entry);
    }

    private static ulong EndOf(PagemapEntry entry) => entry.Address + ((ulong)entry.Pages * (ulong)Environment.SystemPageSize);
}
