using U2CMigration.Testing;

namespace U2CMigration.PageTracking.IntegrationTests.Workload;

/// <summary>What the tests of this project need of the machine.</summary>
internal static class TrackingNeeds
{
    internal static void WriteProtect()
    {
        Requires.Root();
        Requires.PagemapScan();
        Requires.WriteProtectAsync();
    }

    internal static void SoftDirty()
    {
        Requires.Root();
        Requires.SoftDirty();
    }

    internal static void SoftDirtyCategory()
    {
        SoftDirty();
        Requires.KernelHas(Features.KernelFeatures.Probe().SoftDirtyCategory, "PAGEMAP_SCAN does not know soft-dirty pages here (Linux 6.7)");
    }

    internal static void Root() => Requires.Root();
}
