using U2CMigration.Core.Preflight;
using U2CMigration.PageTracking.Features;
using U2CMigration.PageTracking.Trackers;

namespace U2CMigration.Core.Tests.Preflight;

public sealed class SourcePreflightTests
{
    private static readonly KernelFeatures Able = new()
    {
        ProcessEntry = true,
        PagemapScan = true,
        Userfaultfd = true,
        UserfaultfdFeatures = (UserfaultfdFeatures)ulong.MaxValue,
        PidfdGetfd = true,
    };

    [Theory]
    [InlineData(TrackerKind.Auto)]
    [InlineData(TrackerKind.WriteProtect)]
    public void CheckKernel_NoWriteProtection_NamesTheKernelThatHasIt(TrackerKind tracker)
    {
        var problems = new List<string>();

        SourcePreflight.CheckKernel(tracker, Able with { UserfaultfdFeatures = 0 }, problems);

        problems.Should().ContainSingle().Which.Should().Contain("Asynchronous write-protection").And.Contain("Linux 6.7");
    }

    [Fact]
    public void CheckKernel_SeveralMissing_NamesAll()
    {
        var problems = new List<string>();

        SourcePreflight.CheckKernel(TrackerKind.Auto, Able with { PagemapScan = false, PidfdGetfd = false }, problems);

        problems.Should().ContainSingle().Which.Should().Contain("PAGEMAP_SCAN").And.Contain("pidfd_getfd");
    }

    [Fact]
    public void CheckKernel_AllThere_FindsNothing()
    {
        var problems = new List<string>();

        SourcePreflight.CheckKernel(TrackerKind.Auto, Able, problems);

        problems.Should().BeEmpty();
    }
}
