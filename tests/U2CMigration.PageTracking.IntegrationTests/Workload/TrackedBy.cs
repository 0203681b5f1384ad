using U2CMigration.PageTracking.ContentHash;
using U2CMigration.PageTracking.Features;
using U2CMigration.PageTracking.Mixed;
using U2CMigration.PageTracking.SoftDirty;
using U2CMigration.PageTracking.Trackers;
using U2CMigration.PageTracking.WriteProtect;

namespace U2CMigration.PageTracking.IntegrationTests.Workload;

/// <summary>A way of tracking under test, and in which ways it may report more or less than what was written.</summary>
internal sealed record TrackedBy(string Name, Action Require, Func<int, IPageTracker> Attach)
{
    internal static readonly TrackedBy WriteProtect = new("write-protect", TrackingNeeds.WriteProtect, static process => WriteProtectTracker.Attach(process));

    /// <summary>Each process in the best way; here all of them can be entered.</summary>
    internal static readonly TrackedBy Mixed = WriteProtect with { Name = "mixed", Attach = static process => MixedTracker.Attach(process) };

    /// <summary>With PAGEMAP_SCAN.</summary>
    internal static readonly TrackedBy SoftDirty = new(
        "soft-dirty",
        TrackingNeeds.SoftDirtyCategory,
        static process => SoftDirtyTracker.Attach(process))
    {
        ReportsWhole = true,
    };

    /// <summary>Entry by entry, as on kernels before PAGEMAP_SCAN.</summary>
    internal static readonly TrackedBy SoftDirtyEntries = SoftDirty with
    {
        Name = "soft-dirty without PAGEMAP_SCAN",
        Require = TrackingNeeds.SoftDirty,
        ReadsEntries = true,
        Attach = static process => SoftDirtyTracker.Attach(process, KernelFeatures.Probe() with { PagemapScan = false, SoftDirtyCategory = false }, null),
    };

    internal static readonly TrackedBy ContentHash = new("content-hash", TrackingNeeds.Root, static process => ContentHashTracker.Attach(process))
    {
        ComparesContent = true,
    };

    internal static readonly TrackedBy ContentHashEntries = ContentHash with
    {
        Name = "content-hash without PAGEMAP_SCAN",
        ReadsEntries = true,
        Attach = static process => ContentHashTracker.Attach(process, KernelFeatures.Probe() with { PagemapScan = false, SoftDirtyCategory = false }, null),
    };

    /// <summary>Whether huge pages and mappings that have grown are reported as a whole, and the page that the kernel writes when a stopped thread runs on.</summary>
    internal bool ReportsWhole { get; private init; }

    /// <summary>Whether page tables are read entry by entry.</summary>
    internal bool ReadsEntries { get; private init; }

    /// <summary>Whether a page written with what it held already is left out.</summary>
    internal bool ComparesContent { get; private init; }

    internal IPageTracker AttachTo(MemoryWriter writer) => Attach(writer.ProcessId);

    /// <summary>What was written in a block is reported; and nothing else, unless huge pages are in play that are reported as a whole.</summary>
    internal void ShouldReport(Pages.PageSet set, MemoryBlock block, ulong seed, int permille, string memory = "", char kind = 'u')
    {
        int expected = kind == 's' && ComparesContent ? 0 : permille;
        if (ReportsWhole && memory is "thp" or "grown")
        {
            set.ShouldContain(block, seed, expected);
        }
        else
        {
            set.ShouldBeExactly(block, seed, expected);
        }
    }
}
