using U2CMigration.PageTracking.Features;

namespace U2CMigration.PageTracking.IntegrationTests.Workload;

/// <summary>What the tests of this project need of the machine.</summary>
internal static class TrackingNeeds
{
    internal static void WriteProtect() => Have(
        KernelFeatures.Probe() is { MissingForWriteProtect.Count: 0, PtraceCapability: true },
        string.Join(' ', KernelFeatures.Probe().MissingForWriteProtect.DefaultIfEmpty(new MissingFeature("CAP_SYS_PTRACE", "Run as root."))));

    internal static void Have(bool present, string reason)
    {
        if (!present && Environment.GetEnvironmentVariable("U2C_REQUIRE") == "all")
        {
            Assert.Fail($"U2C_REQUIRE=all: {reason}");
        }

        Assert.SkipUnless(present, reason);
    }
}
