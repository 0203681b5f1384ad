using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using U2CMigration.PageTracking.Features;
using U2CMigration.PageTracking.Interop;
using U2CMigration.PageTracking.Pages;
using static U2CMigration.PageTracking.Interop.NativeMethods;

namespace U2CMigration.PageTracking.PageTables;

/// <summary>Walks the page tables of a process with PAGEMAP_SCAN. One buffer serves all processes of a tracker.</summary>
internal sealed unsafe class PagemapScanner : IPageTableReader
{
    private const int BufferedRegions = 65536;
    private const int FewRegions = 512;

    /// <summary>Where the kernel puts mappings, unless a program asks for an address above: 47 bits, without the last page.</summary>
    private const ulong MappingsEnd = (1UL << 47) - PageSize.Bytes;

    /// <summary>
    /// Protected in one call: 64 MiB, well below 10 ms. The kernel holds the map of the process in the meantime, and anyone who wants to map or unmap something in it waits: 0.6 s were measured for 4 GiB at once.
    /// </summary>
    private const ulong ProtectedAtOnce = 16384;

    private readonly PageRegion[] _regions;
    private readonly PageCategories _neverContent;

    internal PagemapScanner(KernelFeatures features)
        : this(features, BufferedRegions)
    {
    }

    private PagemapScanner(KernelFeatures features, int regions)
    {
        _regions = GC.AllocateUninitializedArray<PageRegion>(regions, pinned: true);
        _neverContent = PageCategories.ZeroPage | (features.GuardRegionCategory ? PageCategories.Guard : PageCategories.None);
    }

    /// <summary>A scanner for a single use that will find little: it needs more calls where there is more.</summary>
    internal static PagemapScanner OfFewRegions() => new(KernelFeatures.Probe(), FewRegions);

    /// <summary>Whether the mapping at an address is registered for write-protection. A hole counts as registered: there is nothing to do about it.</summary>
    /// <remarks>
    /// This is the only use of CHECK_WPASYNC. Together with the clearing of bits it is a trap: over several mappings the kernel clears the first ones and
    /// then fails without telling what it found in them.
    /// </remarks>
    internal bool IsRegistered(SafeFileHandle pagemap, ulong address)
    {
        PagemapScanArguments arguments = Arguments(PM_SCAN_CHECK_WPASYNC, address, address + PageSize.Bytes);
        arguments.Mask = arguments.Returned = PageCategories.Written;
        arguments.RegionsLength = 1;
        return Scan(pagemap, ref arguments) != -Errno.EPERM;
    }

    /// <summary>Whether all mappings between two addresses are registered for write-protection. No page table is walked for that: only those of mappings that are not would be.</summary>
    internal bool AreRegistered(SafeFileHandle pagemap, ulong start, ulong end)
    {
        PagemapScanArguments arguments = Arguments(PM_SCAN_CHECK_WPASYNC, start, end);
        arguments.Inverted = arguments.Mask = PageCategories.WriteProtectable;
        arguments.Returned = PageCategories.WriteProtectable;
        arguments.RegionsLength = 1;
        return Scan(pagemap, ref arguments) != -Errno.EPERM;
    }

    /// <summary>Whether any page of a registered mapping is protected. Finding none takes a hundredth of the time of removing the protection of all.</summary>
    internal bool HasProtected(SafeFileHandle pagemap, ulong start, ulong end)
    {
        PagemapScanArguments arguments = Arguments(0, start, end);
        arguments.Inverted = arguments.Mask = PageCategories.Written;
        arguments.AnyOf = PageCategories.Present | PageCategories.Swapped;
        arguments.Returned = PageCategories.Present;
        arguments.RegionsLength = 1;
        arguments.MaxPages = 1;

        // What cannot be told may be there.
        return Scan(pagemap, ref arguments) != 0;
    }

    /// <summary>Finds the pages written since the last call in all registered mappings and write-protects them again, in one step per page.</summary>
    /// <remarks>
    /// Mappings that are not registered are passed over silently because WriteProtectable is in the mask. The any-of mask keeps holes out: without it the
    /// kernel would report them as written and leave a marker in each, which CRIU takes for a swapped page.
    /// </remarks>
    /// <param name="pagemap">The page map of the process.</param>
    /// <param name="span">What is scanned. Where it says anonymous and a file has been mapped since, too much is found, never too little.</param>
    /// <param name="start">Where to begin in it; then where to continue.</param>
    /// <param name="found">The pages, valid until the next call.</param>
    internal int CollectWritten(SafeFileHandle pagemap, in ScanSpan span, ref ulong start, out ReadOnlySpan<PageRegion> found)
    {
        PagemapScanArguments arguments = Arguments(PM_SCAN_WP_MATCHING, start, span.End);
        arguments.Inverted = NeverContent(span);
        arguments.Mask = arguments.Inverted | PageCategories.WriteProtectable | PageCategories.Written;
        arguments.MaxPages = ProtectedAtOnce;
        return ScanContent(pagemap, arguments, ref start, out found);
    }

    /// <summary>Finds the pages written since the last call in a registered shared mapping and write-protects them again. Holes are written unless they were protected: what was written may have been discarded, and lives on in the object.</summary>
    /// <remarks>Nothing is found where nothing is registered, so that must be known.</remarks>
    internal int CollectSharedWritten(SafeFileHandle pagemap, ref ulong start, ulong end, out ReadOnlySpan<PageRegion> found)
    {
        PagemapScanArguments arguments = Arguments(PM_SCAN_WP_MATCHING, start, end);

        // Nothing but this one category on both sides: for that the kernel has a way that is twenty times faster.
        arguments.Mask = arguments.Returned = PageCategories.Written;
        arguments.MaxPages = ProtectedAtOnce;
        return Scan(pagemap, arguments, ref start, out found);
    }

    /// <summary>Finds the pages that a mapping does not have.</summary>
    internal int CollectAbsent(SafeFileHandle pagemap, ref ulong start, ulong end, out ReadOnlySpan<PageRegion> found)
    {
        PagemapScanArguments arguments = Arguments(0, start, end);
        arguments.Inverted = arguments.Mask = arguments.Returned = PageCategories.Present;
        return Scan(pagemap, arguments, ref start, out found);
    }

    /// <inheritdoc/>
    public bool PassesOverHoles => true;

    /// <inheritdoc/>
    public void CollectResident(int processId, SafeFileHandle pagemap, in ScanSpan span, ProcessPages pages, CancellationToken cancellationToken)
    {
        PagemapScanArguments arguments = Arguments(0, span.Start, span.End);
        arguments.Inverted = arguments.Mask = NeverContent(span);
        ulong start = span.Start;
        while (start < span.End)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ThrowOnError(processId, ScanContent(pagemap, arguments, ref start, out ReadOnlySpan<PageRegion> found));
            Append(found, pages);
            arguments.Start = start;
        }
    }

    /// <summary>
    /// Finds what does not hold content in anonymous mappings: holes, plain zeros and guards. Where memory is dense the kernel has little to tell, and takes a fraction of the time of
    /// <see cref="CollectResident"/>.
    /// </summary>
    /// <param name="processId">The process, for messages.</param>
    /// <param name="pagemap">Its page map.</param>
    /// <param name="span">What is read. Between mappings nothing is found.</param>
    /// <param name="empty">Receives what is found, ascending.</param>
    /// <param name="cancellationToken">Ends the call between two system calls.</param>
    internal void CollectEmpty(int processId, SafeFileHandle pagemap, in ScanSpan span, ProcessPages empty, CancellationToken cancellationToken)
    {
        // Not present, or present without content of its own. Of what is not present, a page that is swapped has content unless it is a guard.
        PagemapScanArguments arguments = Arguments(0, span.Start, span.End);
        arguments.Inverted = PageCategories.Present;
        arguments.AnyOf = PageCategories.Present | _neverContent;
        arguments.Returned = PageCategories.Swapped | _neverContent;
        ulong start = span.Start;
        while (start < span.End)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ThrowOnError(processId, Scan(pagemap, arguments, ref start, out ReadOnlySpan<PageRegion> found));
            foreach (ref readonly PageRegion region in found)
            {
                if (region.Categories != PageCategories.Swapped)
                {
                    empty.Append(region.Start, region.End);
                }
            }

            arguments.Start = start;
        }
    }

    /// <inheritdoc/>
    public void CollectSoftDirty(int processId, SafeFileHandle pagemap, in ScanSpan span, ProcessPages pages, ProcessPages dirty, CancellationToken cancellationToken)
    {
        PagemapScanArguments arguments = Arguments(0, span.Start, span.End);
        arguments.Inverted = arguments.Mask = NeverContent(span);
        arguments.Returned = PageCategories.SoftDirty;
        ulong start = span.Start;
        while (start < span.End)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ThrowOnError(processId, ScanContent(pagemap, arguments, ref start, out ReadOnlySpan<PageRegion> found));
            foreach (ref readonly PageRegion region in found)
            {
                pages.Append(region.Start, region.End);
                if ((region.Categories & PageCategories.SoftDirty) != 0)
                {
                    dirty.Append(region.Start, region.End);
                }
            }

            arguments.Start = start;
        }
    }

    /// <summary>Adds the guard regions of all mappings, whatever their kind. The kernel must know the category.</summary>
    /// <param name="processId">The process, for messages.</param>
    /// <param name="pagemap">Its page map.</param>
    /// <param name="guards">Receives the regions.</param>
    /// <param name="cancellationToken">Ends the call between two system calls.</param>
    internal void CollectGuards(int processId, SafeFileHandle pagemap, ProcessPages guards, CancellationToken cancellationToken)
    {
        PagemapScanArguments arguments = Arguments(0, 0, MappingsEnd);
        arguments.Mask = arguments.Returned = PageCategories.Guard;
        ulong start = 0;
        while (start < MappingsEnd)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ThrowOnError(processId, ScanContent(pagemap, arguments, ref start, out ReadOnlySpan<PageRegion> found));
            Append(found, guards);
            arguments.Start = start;
        }
    }

    internal static void Append(ReadOnlySpan<PageRegion> found, ProcessPages pages)
    {
        foreach (ref readonly PageRegion region in found)
        {
            pages.Append(region.Start, region.End);
        }
    }

    private static void ThrowOnError(int processId, int error)
    {
        if (error != 0)
        {
            throw SystemCallFailure.Create("PAGEMAP_SCAN", processId, error, "It needs Linux 6.7.");
        }
    }

    private PageCategories NeverContent(in ScanSpan span) => span.IsAnonymous ? _neverContent : _neverContent | PageCategories.File;

    private static PagemapScanArguments Arguments(ulong flags, ulong start, ulong end) => new()
    {
        Size = (ulong)sizeof(PagemapScanArguments),
        Flags = flags,
        Start = start,
        End = end,
    };

    private int ScanContent(SafeFileHandle pagemap, PagemapScanArguments arguments, ref ulong start, out ReadOnlySpan<PageRegion> found)
    {
        arguments.AnyOf = PageCategories.Present | PageCategories.Swapped;
        arguments.Returned |= PageCategories.Present;
        return Scan(pagemap, arguments, ref start, out found);
    }

    private int Scan(SafeFileHandle pagemap, PagemapScanArguments arguments, ref ulong start, out ReadOnlySpan<PageRegion> found)
    {
        arguments.RegionsLength = (ulong)_regions.Length;
        int count = Scan(pagemap, ref arguments);
        if (count == -Errno.ESRCH)
        {
            // The address space went away during the walk, and all its pages with it. Anyone who reads the map next finds out.
            count = 0;
        }

        if (count < 0)
        {
            found = [];
            return -count;
        }

        // The walk is over unless the regions are all used, or as many pages were found as were asked for. WalkEnd does not say so: after more than 512 regions the kernel leaves in it
        // where it emptied an inner buffer last, and starting there again would find pages below those already found.
        found = _regions.AsSpan(0, count);
        bool isOver = count < _regions.Length && (arguments.MaxPages == 0 || PagesOf(found) < arguments.MaxPages);
        start = isOver ? arguments.End : Math.Max(arguments.WalkEnd, found[^1].End);
        return 0;
    }

    private static ulong PagesOf(ReadOnlySpan<PageRegion> regions)
    {
        ulong pages = 0;
        foreach (ref readonly PageRegion region in regions)
        {
            pages += (region.End - region.Start) >> PageSize.Shift;
        }

        return pages;
    }

    private int Scan(SafeFileHandle pagemap, ref PagemapScanArguments arguments)
    {
        arguments.Regions = (ulong)Marshal.UnsafeAddrOfPinnedArrayElement(_regions, 0);
        fixed (PagemapScanArguments* pointer = &arguments)
        {
            int result;
            while ((result = Ioctl(pagemap, PAGEMAP_SCAN, pointer)) < 0)
            {
                int error = Marshal.GetLastPInvokeError();
                if (error != Errno.EINTR)
                {
                    return -error;
                }
            }

            return result;
        }
    }
}
