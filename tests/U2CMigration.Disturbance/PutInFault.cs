using System.Globalization;
using U2CMigration.Core.Options;
using U2CMigration.Core.PageStores;
using U2CMigration.Criu.Images;
using U2CMigration.Criu.LazyPages;
using U2CMigration.Transport.Frames;
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
        "shared-page" => new MemoryFaults { InStore = static store => FlipIn(store, SharedPage(store)) },
        "shared-zeros" => new MemoryFaults { InStore = static store => store.StoreZero(SharedPage(store).Id, SharedPage(store).Offset) },
        "placed-page" => new MemoryFaults { InPlacedPages = FlipPrivate },
        "page-map-lazy" => new MemoryFaults { InImages = static images => Forget(images, PagePlaces.Lazy) },
        "page-map-placed" => new MemoryFaults { InImages = static images => Forget(images, PagePlaces.None) },
        "served-zeros" => new MemoryFaults { InRanges = Note, InServing = source => new ZeroServing(source, () => _lazy) },
        "forgotten-run" => new MemoryFaults { InRanges = ForgetRun },
        _ when name.Split(':') is ["slow-serving", var pages] => new MemoryFaults { InServing = source => new SlowServing(source, long.Parse(pages, CultureInfo.InvariantCulture)) },
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

    private void FlipStored(PageStore store) => FlipIn(store, (_lazy.ProcessId, _lazy.Address));

    private static void FlipIn(PageStore store, (int Id, ulong Offset) place)
    {
        byte[] page = store.Held(place.Id, place.Offset).ToArray();
        ulong checksum = PageChecksum.Of(page);
        page[100] ^= 1;
        page.CopyTo(store.Prepare(place.Id, place.Offset));
        store.Complete(place.Id, place.Offset, checksum);
    }

    /// <summary>A page of a memory file that holds data; the first one of a file is not one of a kind.</summary>
    private static (int Id, ulong Offset) SharedPage(PageStore store)
    {
        for (int id = ProtocolLimits.FirstObjectId; id < ProtocolLimits.FirstObjectId + 64; id++)
        {
            const ulong Second = PageBytes;
            if (store.Held(id, Second) is { IsEmpty: false } page && page.ContainsAnyExcept((byte)0))
            {
                return (id, Second);
            }
        }

        throw new InvalidOperationException("No shared memory has come.");
    }

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
