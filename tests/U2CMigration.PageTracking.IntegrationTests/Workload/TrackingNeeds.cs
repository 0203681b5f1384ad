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
}
