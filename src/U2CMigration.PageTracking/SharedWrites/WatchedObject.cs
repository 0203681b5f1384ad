using U2CMigration.PageTracking.Interop;
using U2CMigration.PageTracking.Logging;
using U2CMigration.PageTracking.MemoryEvents;
using U2CMigration.PageTracking.Pages;
using U2CMigration.PageTracking.PageTables;
using U2CMigration.PageTracking.SharedObjects;

namespace U2CMigration.PageTracking.SharedWrites;

/// <summary>An object of whose mappings all are known, as long as there is no doubt about it. Any doubt makes all of its pages suspect, and what is known starts anew.</summary>
internal sealed class WatchedObject(SharedObject shared, OwnMapping own) : IDisposable
{
    /// <summary>To look at the page tables of so many mappings of a whole object takes as long as half a comparison of it.</summary>
    private const long MostMappings = 64;

    private List<SharedArea>? _known;
    private ObjectTimes _times;
    private bool _timesMoved;
    private bool _found;
    private SharedWriteDoubt _scanned;

    internal SharedObject Shared => shared;

    /// <summary>The mappings in the tree now, read in each look.</summary>
    internal List<SharedArea> Areas { get; } = [];

    /// <summary>Whether the mappings found in the last look were all that there are, and none has come since without being told.</summary>
    internal bool IsKnown => _known is not null;

    /// <summary>Why all had to be compared in the last look.</summary>
    internal SharedWriteDoubt Doubt { get; private set; }

    /// <summary>Whether the last scan has seen every mapping that the tree has.</summary>
    internal bool IsScanned => _scanned is SharedWriteDoubt.None or SharedWriteDoubt.Mappings;

    /// <summary>Adds what was written through the mappings, and protects them again.</summary>
    /// <param name="scanner">Walks the page tables.</param>
    /// <param name="isLast">Whether no look follows: nothing is changed in the processes then.</param>
    internal void Scan(PagemapScanner scanner, bool isLast)
    {
        shared.BeginScan();
        ScanAll(scanner, isLast);
        shared.EndScan();
    }

    /// <summary>Decides whether what was scanned is all that was written.</summary>
    /// <param name="events">What happened since the last look began, and until after the scan.</param>
    internal void Judge(MemoryEventSet events)
    {
        Doubt = !IsScanned ? _scanned
            : _known is null ? SharedWriteDoubt.Unknown
            : _scanned != SharedWriteDoubt.None ? _scanned
            : DoubtOf(events) is var told and not SharedWriteDoubt.None ? told
            : _timesMoved && !_found ? SharedWriteDoubt.Call
            : SharedWriteDoubt.None;
        if (Doubt != SharedWriteDoubt.None)
        {
            MakeDoubtful(Doubt);
        }
    }

    /// <summary>Takes everything for suspect.</summary>
    internal void MakeDoubtful(SharedWriteDoubt doubt)
    {
        Doubt = doubt;
        _known = null;
        shared.Suspects.AddAll();
    }

    /// <summary>Takes the mappings of this look for all that there are, after no one else was found to have the object.</summary>
    /// <param name="events">What has happened since before they were read.</param>
    internal void TryKnow(MemoryEventSet events) => _known = IsScanned && DoubtOf(events) == SharedWriteDoubt.None ? [.. Areas] : null;

    /// <inheritdoc/>
    public void Dispose() => own.Dispose();

    private void ScanAll(PagemapScanner scanner, bool isLast)
    {
        _timesMoved = shared.Times != _times;
        _found = false;
        _scanned = _known is null || Areas.SequenceEqual(_known) ? SharedWriteDoubt.None : SharedWriteDoubt.Mappings;
        if (Areas.Sum(static area => (long)(area.End - area.Start)) > MostMappings * shared.Size)
        {
            Worsen(SharedWriteDoubt.TooMany);
            return;
        }

        foreach (SharedArea area in Areas)
        {
            Worsen(Scan(area, scanner, isLast));
        }

        long before = shared.Suspects.Count;
        if (!own.TryCollect(scanner, shared.Suspects, takesHold: !isLast))
        {
            Worsen(SharedWriteDoubt.Scan);
        }

        _found |= shared.Suspects.Count != before;
        _times = shared.Times;
    }

    private SharedWriteDoubt DoubtOf(MemoryEventSet events) =>
        events.IsIncomplete ? SharedWriteDoubt.EventsLost
        : Areas.Exists(area => events.Parents.Contains(area.ProcessId)) ? SharedWriteDoubt.Fork
        : events.Mapped.Contains(shared.Key) ? SharedWriteDoubt.Mapped
        : Areas.Exists(area => events.Duplicating.Contains(area.ProcessId)) ? SharedWriteDoubt.Duplicated
        : SharedWriteDoubt.None;

    private SharedWriteDoubt Scan(SharedArea area, PagemapScanner scanner, bool isLast)
    {
        if (area.Protection?.Shared is not { } registration)
        {
            return SharedWriteDoubt.Unprotected;
        }

        SharedWriteDoubt doubt = SharedWriteDoubt.None;
        if (!scanner.AreRegistered(registration.Pagemap, area.Start, area.End))
        {
            if (isLast || !PageTableRoom.IsEnough(area.ProcessId, area.End - area.Start) || !registration.TryRegister(new PageRange(area.Start, area.End), scanner))
            {
                return SharedWriteDoubt.Unprotected;
            }

            // It was not until now.
            doubt = SharedWriteDoubt.Mappings;
        }

        ulong at = area.Start;
        while (at < area.End)
        {
            if (scanner.CollectSharedWritten(registration.Pagemap, ref at, area.End, out ReadOnlySpan<NativeMethods.PageRegion> found) != 0)
            {
                return SharedWriteDoubt.Scan;
            }

            foreach (ref readonly NativeMethods.PageRegion region in found)
            {
                _found = true;
                shared.Suspects.Add(new PageRange(region.Start - area.Start + area.Offset, region.End - area.Start + area.Offset));
            }
        }

        return doubt;
    }

    private void Worsen(SharedWriteDoubt doubt) => _scanned = doubt > _scanned ? doubt : _scanned;
}
