using U2CMigration.Core.PageStores;
using U2CMigration.Core.Receiving;
using U2CMigration.Criu.Images;
using U2CMigration.Criu.LazyPages;
using U2CMigration.Transport.Pages;

namespace U2CMigration.Disturbance;

/// <summary>One wrong page on one of the ways of memory. The page is the middle one of the largest run that comes that way, so that it is neither a stack nor one of a kind.</summary>
internal sealed class PutInFault
{
    private const int PageBytes = 4096;

    private LazyPageRange _lazy;

    /// <summary>The faults by name.</summary>
    public MemoryFaults Of(string name) => name switch
    {
        "store" => new MemoryFaults { InRanges = Note, InStore = FlipStored },
        "shared-image" => new MemoryFaults { InImages = FlipShared },
        "shared-page-map" => new MemoryFaults { InImages = ForgetShared },
        "placed-page" => new MemoryFaults { InPlacedPages = FlipPrivate },
        "page-map-lazy" => new MemoryFaults { InImages = static images => Forget(images, PagePlaces.Lazy) },
        "page-map-placed" => new MemoryFaults { InImages = static images => Forget(images, PagePlaces.None) },
        "served-zeros" => new MemoryFaults { InRanges = Note, InServing = source => new ZeroServing(source, () => _lazy) },
        "forgotten-run" => new MemoryFaults { InRanges = ForgetRun },
        _ => throw new ArgumentException($"Does not know the fault '{name}'."),
    };

    private LazyTask Note(LazyTask task)
    {
        LazyPageRange largest = task.Ranges.MaxBy(static range => range.Pages);
        if (largest.Pages > 0 && _lazy.Pages == 0)
        {
            _lazy = new LazyPageRange(largest.ProcessId, largest.Address + ((ulong)(largest.Pages / 2) * PageBytes), 1);
        }

        return task;
    }

    private void FlipStored(PageStore store)
    {
        byte[] page = store.Held(_lazy.ProcessId, _lazy.Address).ToArray();
        ulong checksum = PageChecksum.Of(page);
        page[100] ^= 1;
        page.CopyTo(store.Prepare(_lazy.ProcessId, _lazy.Address));
        store.Complete(_lazy.ProcessId, _lazy.Address, checksum);
    }

    private static void FlipShared(ImageDirectory images)
    {
        (ulong _, Pagemap pagemap) = SharedPagemap(images);
        FlipIn(images.PathOf(pagemap.PagesFileName), 0);
    }

    private static void ForgetShared(ImageDirectory images)
    {
        (ulong id, Pagemap pagemap) = SharedPagemap(images);

        // The last pages of the file are not read then.
        PagemapEntry last = pagemap.Entries[^1];
        Pagemap shorter = last.Pages > 1 ? pagemap with { Entries = [.. pagemap.Entries[..^1], last with { Pages = last.Pages - 1 }] } : pagemap with { Entries = pagemap.Entries[..^1] };
        shorter.Write(images.PathOf(ImageDirectory.SharedPagemapName(id)));
    }

    private static (ulong Id, Pagemap Pagemap) SharedPagemap(ImageDirectory images) =>
        images.SharedMemoryWithPagemap().Select(id => (id, images.ReadSharedPagemap(id)!)).MaxBy(static shared => shared.Item2.PresentPages);

    private static void FlipPrivate(ImageDirectory images)
    {
        foreach (int processId in images.ProcessesWithPagemap())
        {
            Pagemap pagemap = images.ReadPagemap(processId)!;
            MemoryArea[] areas = [.. images.ReadMemoryAreas(processId).Where(static area => area.IsPrivate)];
            long page = 0;
            foreach (PagemapEntry entry in pagemap.Entries.Where(static entry => entry.IsPresent))
            {
                if (areas.Any(area => area.Start <= entry.Address && entry.Address < area.End))
                {
                    FlipIn(images.PathOf(pagemap.PagesFileName), page + (entry.Pages / 2));
                    return;
                }

                page += entry.Pages;
            }
        }

        throw new InvalidOperationException("No page was placed.");
    }

    private static void FlipIn(string path, long page)
    {
        using FileStream file = File.Open(path, FileMode.Open, FileAccess.ReadWrite);
        file.Position = (page * PageBytes) + 100;
        int before = file.ReadByte();
        file.Position--;
        file.WriteByte((byte)(before ^ 1));
    }

    private static void Forget(ImageDirectory images, PagePlaces places)
    {
        foreach (int processId in images.ProcessesWithPagemap())
        {
            Pagemap pagemap = images.ReadPagemap(processId)!;
            PagemapEntry largest = pagemap.Entries.Where(entry => entry.Places == places).MaxBy(static entry => entry.Pages);
            if (largest.Pages > 0)
            {
                (pagemap with { Entries = pagemap.Entries.Remove(largest) }).Write(images.PathOf(ImageDirectory.PagemapName(processId)));
                return;
            }
        }

        throw new InvalidOperationException($"No entry has the places {places}.");
    }

    private static LazyTask ForgetRun(LazyTask task)
    {
        LazyPageRange largest = task.Ranges.MaxBy(static range => range.Pages);
        return new LazyTask(task.ProcessId, task.Ranges.Where(range => range != largest));
    }
}
