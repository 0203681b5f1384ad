using U2CMigration.Core.PageStores;
using U2CMigration.Criu.Images;
using U2CMigration.PageTracking.Pages;
using U2CMigration.Transport.Messages;
using U2CMigration.Transport.Pages;

namespace U2CMigration.Core.Destination.Verification;

/// <summary>What the restored processes were given, page by page, on whichever way it came: for pages that hold something else by now.</summary>
internal sealed class GivenPages : IDisposable
{
    private readonly ImageDirectory _images;
    private readonly PageStore _store;
    private readonly InstallLedger? _ledger;
    private readonly SharedImages _shared;
    private readonly IReadOnlyDictionary<ulong, int> _objects;
    private readonly Dictionary<int, ImagePages> _pages = [];
    private readonly Dictionary<int, MemoryArea[]> _areas = [];
    private readonly Dictionary<int, KernelWrittenArea[]> _kernelWritten = [];

    public GivenPages(ImageDirectory images, IReadOnlyList<ImageChecksum> received, PageStore store, InstallLedger? ledger, IReadOnlyDictionary<ulong, int> objects)
    {
        _images = images;
        _store = store;
        _ledger = ledger;
        _objects = objects;
        _shared = new SharedImages(images, received);
        foreach (ImageTask task in images.ReadTasks())
        {
            _areas.Add(task.ProcessId, [.. images.ReadMemoryAreas(task.ProcessId)]);
            _kernelWritten.Add(task.ProcessId, [.. images.ReadKernelWrittenAreas(task)]);
        }
    }

    /// <summary>Whether a page of a process that has run since was given to it with this checksum, or it has discarded the page before.</summary>
    /// <param name="processId">The process, as numbered in the images.</param>
    /// <param name="address">The page.</param>
    /// <param name="checksum">That of the frozen process.</param>
    /// <param name="hasEnded">Whether the process has ended since: it does not need what it was not given.</param>
    public bool Matches(int processId, ulong address, ulong checksum, bool hasEnded)
    {
        ulong given = 0;
        switch (_ledger?.Find(processId, address, out given))
        {
            case InstallLedger.State.Installed:
                return given == checksum;
            case InstallLedger.State.Unwanted:
                return true;
            case InstallLedger.State.Pending:
                return hasEnded;
        }

        if (FindObject(processId, address) is { } place)
        {
            // Written where the processes have it. What did not come is zeros: the source has said which pages are not.
            return (_store.ReceivedChecksum(place.Id, place.Offset) ?? PageChecksum.Zero) == checksum;
        }

        Span<byte> page = stackalloc byte[PageSize.Bytes];
        return PagesOf(processId).TryRead(address, page)
            ? PageChecksum.Of(page) == checksum
            : IsShared(processId, address) && _shared.AreIntact;
    }

    /// <summary>Whether a page of a process that is held differs from what it was given only where the kernel writes.</summary>
    /// <param name="processId">The process, as numbered in the images.</param>
    /// <param name="address">The page.</param>
    /// <param name="checksum">That of the frozen process.</param>
    /// <param name="now">What the page holds.</param>
    public bool DiffersByTheKernelOnly(int processId, ulong address, ulong checksum, ReadOnlySpan<byte> now)
    {
        Span<byte> page = stackalloc byte[PageSize.Bytes];
        if (!_kernelWritten.TryGetValue(processId, out KernelWrittenArea[]? areas) || !areas.Any(area => Overlaps(area, address)) || !TryCopy(processId, address, page)
            || PageChecksum.Of(page) != checksum)
        {
            return false;
        }

        foreach (KernelWrittenArea area in areas)
        {
            if (Overlaps(area, address))
            {
                int from = (int)(Math.Max(area.Address, address) - address);
                int to = (int)(Math.Min(area.Address + (ulong)area.Bytes, address + PageSize.Bytes) - address);
                now[from..to].CopyTo(page[from..to]);
            }
        }

        return page.SequenceEqual(now);
    }

    public void Dispose()
    {
        foreach (ImagePages pages in _pages.Values)
        {
            pages.Dispose();
        }
    }

    private static bool Overlaps(KernelWrittenArea area, ulong page) => area.Address < page + PageSize.Bytes && area.Address + (ulong)area.Bytes > page;

    /// <summary>Read when it is needed, which is seldom, and after pages were placed.</summary>
    private ImagePages PagesOf(int processId)
    {
        if (!_pages.TryGetValue(processId, out ImagePages? pages))
        {
            pages = new ImagePages(_images, processId);
            _pages.Add(processId, pages);
        }

        return pages;
    }

    private bool TryCopy(int processId, ulong address, Span<byte> page)
    {
        if (PagesOf(processId).TryRead(address, page))
        {
            return true;
        }

        ReadOnlySpan<byte> held = _store.Held(processId, address);
        held.CopyTo(page);
        return !held.IsEmpty;
    }

    /// <summary>The shared memory that came as pages in which a page lies; null for any other page.</summary>
    private (int Id, ulong Offset)? FindObject(int processId, ulong address)
    {
        if (_objects.Count > 0 && _areas.TryGetValue(processId, out MemoryArea[]? areas))
        {
            foreach (MemoryArea area in areas)
            {
                if (area.Start <= address && address < area.End && !area.IsPrivate && _objects.TryGetValue(area.SharedMemoryId, out int id))
                {
                    return (id, area.FileOffset + (address - area.Start));
                }
            }
        }

        return null;
    }

    /// <summary>A private page of the frozen process that was never given to the restored one is lost, whatever its mapping shows.</summary>
    private bool IsShared(int processId, ulong address) =>
        _areas.TryGetValue(processId, out MemoryArea[]? areas) && areas.Any(area => area.Start <= address && address < area.End && !area.IsPrivate && area.Kind != MemoryKind.Special);
}
