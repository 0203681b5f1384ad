using System.IO.Compression;
using U2CMigration.EndToEndTests.Testbed;
using U2CMigration.Testing;

namespace U2CMigration.EndToEndTests.Packages;

/// <summary>What users get: the packages, restored into a project of theirs, with the code that README and docs show.</summary>
[Collection<SharedRig>]
public sealed class PackageTests(RigFixture fixture)
{
    private static readonly string[] Layers = ["Core", "Criu", "PageTracking", "Prediction", "Strategy", "Transport"];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Packages_RestoredOutsideWithTheCodeOfTheDocs_MigrateAWorkload()
    {
        Requires.Testbed();
        using var project = new OutsideProject();
        await project.PackAsync(Cancellation);
        await project.PublishAsync(ReadmeExamples.Program(), Cancellation);
        string program = Path.Combine(project.Output, "Embedding.dll");

        string trace = RepositoryRoot.File("data", "traces", "sort-light.u2ctrace");
        (await LocalCommand.RunAsync(["dotnet", "exec", program, "predict", trace], Cancellation)).Successful().Should().MatchRegex("^[0-9]+ pages will be written next$");

        await using RunningWorkload workload = await RunningWorkload.StartAloneAsync(fixture.Rig, "familytree", 7931, Cancellation);
        await using RigProcess receiver = fixture.Rig.Start(Rig.B, "dotnet", "exec", program, "receive");
        await WaitForListenerAsync();
        await using RigProcess sender = fixture.Rig.Start(Rig.A, "dotnet", "exec", program, "send", $"{workload.ProcessId}");
        CommandResult sent = await sender.WaitAsync(Cancellation);
        string arrived = await receiver.ReadLineAsync("arrived", Cancellation);
        string answer = await workload.AskAsync("check", Cancellation);

        sent.Successful().Should().MatchRegex("^[0-9.]+ ms down, [0-9]+ bytes$");
        arrived.Should().Be($"arrived {workload.ProcessId}");
        answer.Should().StartWith("ok ");
        project.Packages.Select(name => name.Split('.')[1]).Should().Contain(Layers);
        project.Packages.Should().OnlyContain(name => HasReadme(project, name));
    }

    private static bool HasReadme(OutsideProject project, string name)
    {
        using ZipArchive package = ZipFile.OpenRead(project.FileOf(name));
        return package.GetEntry("README.md") is not null;
    }

    private async Task WaitForListenerAsync()
    {
        string[] probe = ["sh", "-c", "for i in $(seq 200); do ss -ltn | grep -q ':9410 ' && exit 0; sleep 0.05; done; exit 1"];
        (await fixture.Rig.ExecAsync(Rig.B, probe, Cancellation)).Successful();
    }
}
