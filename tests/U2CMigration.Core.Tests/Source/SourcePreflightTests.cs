using System.Net;
using U2CMigration.Core.Errors;
using U2CMigration.Core.Sessions;
using U2CMigration.Core.Source;
using U2CMigration.PageTracking.Features;
using U2CMigration.PageTracking.Trackers;

namespace U2CMigration.Core.Tests.Source;

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

    [Fact]
    public async Task RunAsync_KernelThread_SaysWhatItIs()
    {
        int? thread = Directory.GetDirectories("/proc").Select(static path => int.TryParse(Path.GetFileName(path), out int id) ? id : 0)
            .Where(static id => id > 0 && File.ReadAllText($"/proc/{id}/statm").StartsWith("0 ", StringComparison.Ordinal) && !File.ReadAllText($"/proc/{id}/stat").Contains(") Z ", StringComparison.Ordinal))
            .Cast<int?>().FirstOrDefault();
        Assert.SkipUnless(thread is not null, "no kernel thread is to be seen here, as in a PID namespace");
        await using MigrationSession session = MigrationSession.Create(MigrationTarget.Process(thread.Value), new MigrationSessionOptions { Destination = new DnsEndPoint("host-b", 9410), AllowUnauthenticated = true });

        Func<Task> run = () => session.RunAsync(cancellationToken: TestContext.Current.CancellationToken);

        (await run.Should().ThrowAsync<MigrationPreflightException>()).Which.Message.Should().MatchRegex($@"Process {thread} \(.+\) is a kernel thread");
    }

    [Theory]
    [InlineData(TrackerKind.Auto)]
    [InlineData(TrackerKind.ContentHash)]
    public void CheckKernel_KernelTracksNothing_HashingIsLeft(TrackerKind tracker)
    {
        var problems = new List<string>();

        SourcePreflight.CheckKernel(tracker, new KernelFeatures(), problems);

        problems.Should().BeEmpty();
    }

    [Fact]
    public void CheckKernel_NoSoftDirtyBits_NamesTheOption()
    {
        var problems = new List<string>();

        SourcePreflight.CheckKernel(TrackerKind.SoftDirty, Able, problems);

        problems.Should().ContainSingle().Which.Should().Contain("CONFIG_MEM_SOFT_DIRTY");
    }

    [Fact]
    public void CheckKernel_NoWriteProtection_NamesTheKernelThatHasIt()
    {
        var problems = new List<string>();

        SourcePreflight.CheckKernel(TrackerKind.WriteProtect, Able with { UserfaultfdFeatures = 0 }, problems);

        problems.Should().ContainSingle().Which.Should().Contain("Asynchronous write-protection").And.Contain("Linux 6.7");
    }

    [Fact]
    public void CheckKernel_SeveralMissing_NamesAll()
    {
        var problems = new List<string>();

        SourcePreflight.CheckKernel(TrackerKind.WriteProtect, Able with { PagemapScan = false, PidfdGetfd = false }, problems);

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
