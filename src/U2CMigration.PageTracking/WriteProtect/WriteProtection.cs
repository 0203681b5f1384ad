using Microsoft.Win32.SafeHandles;
using U2CMigration.PageTracking.Injection;
using U2CMigration.PageTracking.Interop;
using U2CMigration.PageTracking.Memory;
using U2CMigration.PageTracking.Pages;
using U2CMigration.PageTracking.PageTables;
using static U2CMigration.PageTracking.Interop.NativeMethods;

namespace U2CMigration.PageTracking.WriteProtect;

/// <summary>Asynchronous write-protection of one address space: what is written loses its protection without the program noticing, and shows up in the next scan.</summary>
internal sealed class WriteProtection : IDisposable
{
    private readonly AddressSpace _space;
    private readonly PagemapScanner _scanner;
    private readonly SafeFileHandle _userfaultfd;
    private readonly AreaRegistration _registration;
    private bool _reportAll;

    /// <summary>Enters the process. Nothing is protected before the first call of <see cref="Collect"/>.</summary>
    /// <param name="space">The address space.</param>
    /// <param name="scanner">Walks its page tables.</param>
    /// <param name="patience">How long its main thread may take to stop; null for as long as it takes on a busy machine.</param>
    /// <exception cref="PageTrackingException">The process cannot be entered, or is tracked already; it is as it was.</exception>
    internal WriteProtection(AddressSpace space, PagemapScanner scanner, TimeSpan? patience = null)
    {
        _space = space;
        _scanner = scanner;
        RefuseIfRegistered();
        _userfaultfd = UserfaultfdInjection.Create(space.ProcessId, space.Process, patience ?? UserfaultfdInjection.Patience, out TimeSpan stopped);
        Stopped = stopped;
        int error = Userfaultfd.Enable(_userfaultfd, Userfaultfd.Needed, out _);
        if (error != 0)
        {
            _userfaultfd.Dispose();
            throw SystemCallFailure.Create("UFFDIO_API", space.ProcessId, error, "Asynchronous write-protection needs Linux 6.7.");
        }

        _registration = new AreaRegistration(_userfaultfd, space.Pagemap, space.Lookup, scanner);
        Shared = new SharedRegistration(_userfaultfd, space.Pagemap, space.Lookup);
    }

    /// <summary>How long the main thread was held.</summary>
    internal TimeSpan Stopped { get; }

    /// <summary>The same for shared mappings, which are not looked at here.</summary>
    internal SharedRegistration Shared { get; }

    internal long Registered => _registration.Registered;

    internal long Failed => _registration.Failed;

    /// <summary>Adds the pages written since the last call, in the mappings that the address space was last seen to have.</summary>
    internal void Collect(PageSet dirty, CancellationToken cancellationToken)
    {
        _registration.BeginPass();
        _registration.EnsureAll(_space.PrivateAreas);

        if (!_reportAll && _registration.Refused.Count == 0)
        {
            ScanWritten(dirty.Of(_space.ProcessId), cancellationToken);
            return;
        }

        CollectWithUnknown(dirty, _reportAll ? _space.PrivateAreas : _registration.SortedRefused(), cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_space.TryReadAreas())
        {
            // Closing alone ends the registration, but before Linux 6.9 it left the protection bits behind.
            _space.Lookup.BeginPass();
            Shared.UnregisterAll();
            foreach (PageRange area in _space.PrivateAreas)
            {
                if (_space.Lookup.TryFindAhead(area.Start, out AreaBounds now) && now.Start <= area.Start && !now.IsShared)
                {
                    _ = Userfaultfd.Unregister(_userfaultfd, now.Start, now.End);
                }
            }
        }

        _userfaultfd.Dispose();
    }

    /// <summary>Adds to what was written everything in the mappings about which nothing is known.</summary>
    private void CollectWithUnknown(PageSet dirty, IReadOnlyList<PageRange> areas, CancellationToken cancellationToken)
    {
        // Should this not come to its end, then the pages found so far are lost with it: the next call starts over.
        _reportAll = true;
        PageSet written = new();
        PageSet unknown = new();
        ScanWritten(written.Of(_space.ProcessId), cancellationToken);
        _space.CollectResident(areas, unknown.Of(_space.ProcessId), cancellationToken);
        written.UnionTo(unknown, dirty);
        _reportAll = false;
    }

    private void ScanWritten(ProcessPages pages, CancellationToken cancellationToken)
    {
        foreach (ScanSpan span in _space.Spans)
        {
            ScanWritten(span, pages, cancellationToken);
        }
    }

    private void ScanWritten(ScanSpan span, ProcessPages pages, CancellationToken cancellationToken)
    {
        ulong start = span.Start;
        while (start < span.End)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int error = _scanner.CollectWritten(_space.Pagemap, span, ref start, out ReadOnlySpan<PageRegion> found);
            if (error != 0)
            {
                // What the kernel cleared before it failed is unknown.
                _reportAll = true;
                throw SystemCallFailure.Create("PAGEMAP_SCAN", _space.ProcessId, error, "The next call reports every page of the process.");
            }

            PagemapScanner.Append(found, pages);
        }
    }

    // Two trackers would read and clear the same bits, and each would miss what the other one saw.
    private void RefuseIfRegistered()
    {
        _space.TryReadAreas();
        foreach (PageRange area in _space.PrivateAreas)
        {
            if (_scanner.IsRegistered(_space.Pagemap, area.Start)
                && _space.Lookup.TryFind(area.Start, out AreaBounds now) && now.Start == area.Start && !now.IsShared
                && _scanner.IsRegistered(_space.Pagemap, area.Start))
            {
                throw new PageTrackingException(
                    $"Process {_space.ProcessId} is already tracked by asynchronous write-protection, by another tracker or by itself. Dispose that tracker and try again. The process runs on unharmed.",
                    Errno.EBUSY);
            }
        }
    }
}
