using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using U2CMigration.PageTracking.Injection;
using U2CMigration.PageTracking.Interop;
using U2CMigration.PageTracking.Pages;
using static U2CMigration.PageTracking.Interop.NativeMethods;

namespace U2CMigration.PageTracking.IntegrationTests.Workload;

/// <summary>The bare kernel interfaces on a process, to show what goes wrong when they are used in the obvious way.</summary>
internal sealed unsafe class RawTracking : IDisposable
{
    internal const PageCategories Content = PageCategories.Present | PageCategories.Swapped;
    private readonly int _processId;
    private readonly SafeFileHandle _userfaultfd;
    private readonly SafeFileHandle _pagemap;

    internal RawTracking(int processId)
    {
        _processId = processId;
        using SafeFileHandle process = PidFd.Open(processId);
        _userfaultfd = UserfaultfdInjection.Create(processId, process, UserfaultfdInjection.Patience, out _);
        Userfaultfd.Enable(_userfaultfd, Userfaultfd.Needed, out _).Should().Be(0);
        _pagemap = ProcFile.Open(processId, "pagemap");
    }

    internal void Register(MemoryBlock block) =>
        Userfaultfd.Register(_userfaultfd, block.Address, block.Address + ((ulong)block.Pages * 4096)).Should().Be(0);

    /// <summary>Get-and-clear over some blocks that follow each other.</summary>
    /// <returns>The errno; 0 for success.</returns>
    internal int Scan(MemoryBlock first, MemoryBlock last, PageCategories mask, PageCategories anyOf, ulong extraFlags, out PageSet found)
    {
        found = new PageSet();
        PageRegion[] regions = GC.AllocateArray<PageRegion>(4096, pinned: true);
        PagemapScanArguments arguments = new()
        {
            Size = (ulong)sizeof(PagemapScanArguments),
            Flags = PM_SCAN_WP_MATCHING | extraFlags,
            Start = first.Address,
            End = last.Address + ((ulong)last.Pages * 4096),
            Regions = (ulong)Marshal.UnsafeAddrOfPinnedArrayElement(regions, 0),
            RegionsLength = (ulong)regions.Length,
            Mask = mask,
            AnyOf = anyOf,
            Returned = PageCategories.Written,
        };
        int count = Ioctl(_pagemap, PAGEMAP_SCAN, &arguments);
        if (count < 0)
        {
            return Marshal.GetLastPInvokeError();
        }

        count.Should().BeLessThan(regions.Length);
        foreach (PageRegion region in regions.AsSpan(0, count))
        {
            found.Add(_processId, region.Start, region.End);
        }

        return 0;
    }

    /// <summary>Get-and-clear as it should be, of one block.</summary>
    internal PageSet Scan(MemoryBlock block)
    {
        Scan(block, block, PageCategories.WriteProtectable | PageCategories.Written, Content, 0, out PageSet found).Should().Be(0);
        return found;
    }

    public void Dispose()
    {
        _userfaultfd.Dispose();
        _pagemap.Dispose();
    }
}
