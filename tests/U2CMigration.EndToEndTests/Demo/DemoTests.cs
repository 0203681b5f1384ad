using System.Text.Json;
using U2CMigration.EndToEndTests.Testbed;
using U2CMigration.Testing;

namespace U2CMigration.EndToEndTests.Demo;

/// <summary>The command that people try first, with workloads under load: every promise kept, and the machine as it was before.</summary>
[Collection<SharedRig>]
public sealed class DemoTests : IDisposable
{
    private const int Migrations = 4;

    // Most of 64 MiB; the rest are pages of program files, which are not sent.
    private const int LeastPages = 10_000;

    // Half of 32 MiB, which every workload has when it is moved, less what programs have in files.
    private const int LeastPagesOfSmall = 3_500;

    private readonly string _directory = Directory.CreateTempSubdirectory("u2c-demo-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string JsonFile => Path.Combine(_directory, "report.json");

    [Fact]
    public async Task Demo_ThereAndBack_KeepsEveryPromiseAndLeavesNothing()
    {
        Requires.Testbed();
        string before = await MachineState.TakeAsync(Cancellation);

        CommandResult demo = await RunAsync("demo.sh", "--memory-mib", "64", "--repeat", $"{Migrations}", "--verify", "--timeline", Path.Combine(_directory, "timeline.png"));

        demo.ExitCode.Should().Be(0, demo.Output);
        foreach (JsonElement run in Runs(Migrations))
        {
            ShouldBeSound(run, LeastPages);
        }

        new FileInfo(Path.Combine(_directory, "timeline.png")).Length.Should().BeGreaterThan(0);
        (await MachineState.TakeAsync(Cancellation)).Should().Be(before);
    }

    [Fact]
    public async Task Compare_EveryWorkload_KeepsEveryPromiseAndIsDrawn()
    {
        Requires.Testbed();
        string[] workloads = ["redis", "memcached", "cg", "train", "sort"];

        CommandResult compare = await RunAsync(
            "compare.sh", "--workload", string.Join(',', workloads), "--memory-mib", "32", "--repeat", "1", "--strategy", "u2c", "--verify", "--plots", _directory);

        compare.ExitCode.Should().Be(0, compare.Output);
        foreach ((JsonElement run, string workload) in Runs(workloads.Length).Zip(workloads))
        {
            run.GetProperty("workload").GetString().Should().Be(workload);
            ShouldBeSound(run, LeastPagesOfSmall);
            run.GetProperty("clientGapMs").GetDouble().Should().BeGreaterThan(0, workload);
            run.GetProperty("throughputAfterPercent").GetDouble().Should().BeGreaterThan(0, "{0} goes on", workload);
            foreach (string plot in (string[])[$"downtime-{workload}", $"duration-{workload}", $"rounds-{workload}-32MiB-1000Mbit"])
            {
                new FileInfo(Path.Combine(_directory, $"{plot}.png")).Length.Should().BeGreaterThan(0, plot);
            }
        }
    }

    [Fact]
    public async Task Compare_WithCriuAlone_DowntimeIsTenTimesLower()
    {
        Requires.Testbed();

        CommandResult compare = await RunAsync("compare.sh", "--memory-mib", "256", "--repeat", "1", "--strategy", "precopy-converge,criu-stock", "--plots", _directory);

        compare.ExitCode.Should().Be(0, compare.Output);
        double[] downtimes = [.. Runs(2).Select(run => run.GetProperty("downtimeMs").GetDouble())];
        (downtimes[1] / downtimes[0]).Should().BeGreaterThan(10);
    }

    [Fact]
    public async Task Demo_NonsensicalOptions_AreRefusedBeforeAnythingIsTouched()
    {
        Requires.Testbed();

        CommandResult demo = await RunAsync("demo.sh", "--memory-mib", "1");

        demo.ExitCode.Should().Be(2);
        (demo.Output + demo.Error).Should().Contain("--memory-mib is 1; it must be from 16 to 16384.").And.NotContain("bringing up");
    }

    [Theory]
    [InlineData("There is no workload 'apachee'; choose from redis, ", "--workload", "apachee")]
    [InlineData("--write-rate does not apply to nginx", "--workload", "nginx", "--write-rate", "100")]
    public async Task Demo_WorkloadThatIsNotToBeHad_IsToldInASentence(string sentence, params string[] options)
    {
        Requires.Testbed();

        CommandResult demo = await RunAsync("demo.sh", options);

        demo.ExitCode.Should().Be(2);
        (demo.Output + demo.Error).Should().Contain(sentence).And.NotContain("bringing up");
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private static void ShouldBeSound(JsonElement run, int leastPages)
    {
        run.GetProperty("outcome").GetString().Should().Be("completed");
        run.GetProperty("connectionSurvived").GetBoolean().Should().BeTrue();
        run.GetProperty("lostWrites").GetInt64().Should().Be(0);
        run.GetProperty("pagesMismatched").GetInt64().Should().Be(0);
        run.GetProperty("pagesVerified").GetInt64().Should().BeGreaterThan(leastPages);
    }

    private async Task<CommandResult> RunAsync(string script, params string[] options) =>
        await LocalCommand.RunAsync(["bash", RepositoryRoot.File("eng", script), .. options, "--json", JsonFile], Cancellation);

    private JsonElement[] Runs(int count)
    {
        using JsonDocument report = JsonDocument.Parse(File.ReadAllText(JsonFile));
        JsonElement[] runs = [.. report.RootElement.GetProperty("runs").EnumerateArray().Select(run => run.Clone())];
        runs.Should().HaveCount(count);
        return runs;
    }
}
