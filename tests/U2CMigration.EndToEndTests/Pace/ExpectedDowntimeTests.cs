using System.Text.Json;
using U2CMigration.EndToEndTests.Migration;
using U2CMigration.EndToEndTests.Testbed;
using U2CMigration.Testing;
using U2CMigration.Testing.Showing;

namespace U2CMigration.EndToEndTests.Pace;

/// <summary>Downtime grows with other things than memory: it is said before, with the cause, and the limit counts it.</summary>
[Collection<SharedRig>]
public sealed class ExpectedDowntimeTests(RigFixture fixture)
{
    /// <summary>What earlier tests have taken on this machine does not count.</summary>
    private static string[] NothingLearned => ["--work-directory", $"/run/u2cmigration-{Guid.NewGuid():N}"];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [Shows(Kind.Memory, "tens of thousands of mappings or descriptors, many processes", Outcome.Moved, Because = "They cost downtime, which a warning names beforehand.")]
    [InlineData("--mappings", 30_000, "30,0.. mappings: about", 7981)]
    [InlineData("--descriptors", 15_000, "15,0.. descriptors: about", 7982)]
    [InlineData("--processes", 80, "81 processes: about", 7983)]
    public async Task Move_TreeThatHoldsMuchElse_IsExpectedAndWarnedOf(string what, int number, string warning, int port)
    {
        Requires.Testbed();
        await using RunningWorkload workload = await RunningWorkload.StartAsync(fixture.Rig, "hoarder", port, Cancellation, what, $"{number}");
        await workload.PutIntoOwnCgroupAsync(Cancellation);
        await using Agents agents = await Agents.StartAsync(fixture.Rig, Cancellation);

        await using RigProcess sender = agents.StartSending(workload.ProcessId, ["--verify", .. NothingLearned]);
        CommandResult sent = await sender.WaitAsync(Cancellation);

        JsonElement result = Results.Of(sent);
        double expected = Results.EventsOf(sent, "progress").Last(static progress => progress.GetProperty("phase").GetString() == "PreCopy").GetProperty("expectedDowntimeMs").GetDouble();
        result.GetProperty("warnings").ToString().Should().MatchRegex(warning);

        // A busy machine takes several times as long; less than a third of what was said would be an empty warning.
        expected.Should().BeGreaterThan(500);
        result.GetProperty("downtimeMs").GetDouble().Should().BeGreaterThan(expected / 3);
        (await workload.AskAsync("check", Cancellation)).Should().StartWith("ok ");
    }

    /// <summary>It travels before the freeze, so it neither costs downtime nor is warned of.</summary>
    [Fact]
    public async Task Move_SharedMemory_IsNotExpectedToCostDowntime()
    {
        Requires.Testbed();
        await using RunningWorkload workload = await RunningWorkload.StartAsync(fixture.Rig, "hoarder", 7984, Cancellation, "--shared-mib", "128", "--processes", "3");
        await workload.PutIntoOwnCgroupAsync(Cancellation);
        await using Agents agents = await Agents.StartAsync(fixture.Rig, Cancellation);

        await using RigProcess sender = agents.StartSending(workload.ProcessId, ["--verify", .. NothingLearned]);
        CommandResult sent = await sender.WaitAsync(Cancellation);

        JsonElement result = Results.Of(sent);
        result.GetProperty("warnings").ToString().Should().NotContain("shared memory");
        Results.EventsOf(sent, "progress").Last(static progress => progress.GetProperty("phase").GetString() == "PreCopy").GetProperty("expectedDowntimeMs").GetDouble().Should().BeLessThan(500);
        result.GetProperty("frozenOnlyBytes").EnumerateObject().Sum(static kind => kind.Value.GetInt64()).Should().BeLessThan(8 << 20, "none of it is in the images");
        (await workload.AskAsync("check", Cancellation)).Should().StartWith("ok ");
    }

    [Fact]
    public async Task Move_DescriptorsAloneExceedTheLimit_GivesUpBeforeTheFreeze()
    {
        Requires.Testbed();
        await using RunningWorkload workload = await RunningWorkload.StartAsync(fixture.Rig, "hoarder", 7985, Cancellation, "--descriptors", "15000");
        await workload.PutIntoOwnCgroupAsync(Cancellation);
        await using Agents agents = await Agents.StartAsync(fixture.Rig, Cancellation);

        await using RigProcess sender = agents.StartSending(workload.ProcessId, ["--downtime-limit-ms", "300", "--when-not-converging", "GiveUp", .. NothingLearned]);
        CommandResult sent = await sender.WaitAsync(Cancellation);

        sent.ExitCode.Should().Be(1, sent.Output);
        sent.Output.Should().Contain("the limit is 300 ms").And.Contain("descriptors").And.NotContain("\"phase\":\"Freezing\"");
        (await workload.AskAsync("check", Cancellation)).Should().StartWith("ok ");
    }
}
