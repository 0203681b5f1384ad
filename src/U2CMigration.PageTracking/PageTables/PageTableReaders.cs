using U2CMigration.PageTracking.Features;

namespace U2CMigration.PageTracking.PageTables;

/// <summary>Chooses how page tables are read.</summary>
internal static class PageTableReaders
{
    /// <summary>PAGEMAP_SCAN, which tells runs of pages and passes over holes; on kernels before it, the entries one by one.</summary>
    internal static IPageTableReader For(KernelFeatures features) => features.PagemapScan ? new PagemapScanner(features) : new PagemapEntries();

    /// <summary>The same for a kernel whose PAGEMAP_SCAN may not know soft-dirty bits yet.</summary>
    internal static IPageTableReader ForSoftDirty(KernelFeatures features) => features.SoftDirtyCategory ? new PagemapScanner(features) : new PagemapEntries();
}
