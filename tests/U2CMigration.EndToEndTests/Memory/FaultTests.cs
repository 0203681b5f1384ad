using System.Text.Json;
using U2CMigration.EndToEndTests.Failures;
using U2CMigration.EndToEndTests.Migration;
using U2CMigration.EndToEndTests.Testbed;
using U2CMigration.Testing;

namespace U2CMigration.EndToEndTests.Memory;

/// <summary>One wrong page on each of the ways on which memory comes to the restored processes: the comparison finds it.</summary>
[Collection<SharedRig>]
public sealed class FaultTests(RigFixture fixture)
{
    private const string FirstTouch = "FirstTouch";
    private const string FlatImages = "FlatImages";

    private static readonly string Program = ProgramInHosts.Path("U2CMigration.Disturbance");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>What is small is compared as a whole before the commit, so that the workload runs on where it is.</summary>
    [Theory]
    [InlineData(7940, FirstTouch, "store")]
    [InlineData(7941, FirstTouch, "shared-page")]
    [InlineData(7942, FirstTouch, "shared-zeros")]
    [InlineData(7943, FirstTouch, "placed-page")]
    [InlineData(7944, FirstTouch, "page-map-lazy")]
    [InlineData(7945, FirstTouch, "page-map-placed")]
    [InlineData(7946, FirstTouch, "served-zeros")]
    [InlineData(7947, FirstTouch, "forgotten-run")]
    [InlineData(7948, FlatImages, "store")]
    [InlineData(7949, FlatImages, "placed-page")]
    [InlineData(7950, FlatImages, "shared-page")]
    public async Task Move_WrongPageInAHeldWorkload_FailsAndItRunsOnAtTheSource(int port, string restoreMode, string fault)
    {
        Requires.Testbed();
        await Aftermath.CleanAsync(fixture.Rig, Cancellation);
        await using RunningWorkload workload = await RunningWorkload.StartAsync(fixture.Rig, "views", port, Cancellation);
        await using RigProcess receiver = await StartReceiverAsync(restoreMode, fault);
        await using RigProcess sender = Agents.StartSending(fixture.Rig, $"{Rig.AddressOfB}:{Agents.Port}", workload.ProcessId, "--verify");
        CommandResult result = await sender.WaitAsync(Cancellation);

        result.ExitCode.Should().Be(1, $"it said {result.Output} {result.Error}");
        JsonElement error = EventOf(result, "error");
        error.GetProperty("message").GetString().Should().Contain("do not have the memory of the frozen ones").And.Contain("runs on the source as before");
        error.GetProperty("isTransient").GetBoolean().Should().BeFalse();
        (await workload.AskAsync("check", Cancellation)).Should().StartWith("ok ");
        await Aftermath.StayedAsync(fixture.Rig, workload, Cancellation);

        // The log of a migration that failed is kept, and other tests would find it.
        await Aftermath.CleanAsync(fixture.Rig, Cancellation);
    }

    /// <summary>Of what is large a sample is compared before the commit, and all of it after the resume, although the workload has begun to overwrite it.</summary>
    [Theory]
    [InlineData(7935, "store")]
    [InlineData(7936, "served-zeros")]
    [InlineData(7937, "forgotten-run")]
    [InlineData(7938, "page-map-lazy")]
    public async Task Move_WrongPageInALargeWorkload_IsReported(int port, string fault)
    {
        Requires.Testbed();
        await Aftermath.CleanAsync(fixture.Rig, Cancellation);
        await using RunningWorkload workload = await RunningWorkload.StartAsync(fixture.Rig, "overwriter", port, Cancellation, "--memory-mib", "64", "--effort", "20");
        await using RigProcess receiver = await StartReceiverAsync(FirstTouch, fault);
        await using RigProcess sender = Agents.StartSending(fixture.Rig, $"{Rig.AddressOfB}:{Agents.Port}", workload.ProcessId, "--verify", "--max-duration-s", "2", "--freeze-timeout-s", "600");
        CommandResult result = await sender.WaitAsync(Cancellation);

        if (result.ExitCode == 0)
        {
            JsonElement moved = EventOf(result, "result");
            moved.GetProperty("pagesMismatched").GetInt64().Should().BePositive();
            moved.GetProperty("warnings").EnumerateArray().Should().Contain(warning => warning.GetString()!.Contains("anonymous memory", StringComparison.Ordinal));
        }
        else
        {
            // The page was one of the sample.
            EventOf(result, "error").GetProperty("message").GetString().Should().Contain("do not have the memory of the frozen ones");
        }

        await Aftermath.CleanAsync(fixture.Rig, Cancellation);
    }

    /// <summary>Asked for all of it beforehand, the page cannot be missed.</summary>
    [Fact]
    public async Task Move_EverythingComparedBeforeTheCommit_FailsAndItRunsOnAtTheSource()
    {
        Requires.Testbed();
        await Aftermath.CleanAsync(fixture.Rig, Cancellation);
        await using RunningWorkload workload = await RunningWorkload.StartAsync(fixture.Rig, "overwriter", 7939, Cancellation, "--memory-mib", "32", "--effort", "20");
        await using (RigProcess faulty = await StartReceiverAsync(FirstTouch, "store"))
        {
            await using RigProcess failing = Agents.StartSending(
                fixture.Rig, $"{Rig.AddressOfB}:{Agents.Port}", workload.ProcessId, "--verify-before-commit", "--max-duration-s", "2");
            CommandResult failed = await failing.WaitAsync(Cancellation);
            EventOf(failed, "error").GetProperty("message").GetString().Should().Contain(": 1 of the 8");
            await Aftermath.StayedAsync(fixture.Rig, workload, Cancellation);
        }

        await Aftermath.CleanAsync(fixture.Rig, Cancellation);
        await using Agents agents = await Agents.StartAsync(fixture.Rig, Cancellation);
        JsonElement moved = await agents.MoveAsync(workload.ProcessId, Cancellation, "--verify-before-commit", "--max-duration-s", "2");
        moved.GetProperty("pagesHeld").GetInt64().Should().Be(moved.GetProperty("pagesVerified").GetInt64()).And.BeGreaterThan(8192);
        (await workload.AskAsync("check", Cancellation)).Should().StartWith("ok ");
    }

    private static JsonElement EventOf(CommandResult result, string name)
    {
        string line = result.Output.Split('\n').LastOrDefault(line => line.Contains($"\"event\":\"{name}\"", StringComparison.Ordinal))
            ?? throw new InvalidOperationException($"No {name} in {result.Output} {result.Error}");
        return JsonDocument.Parse(line).RootElement;
    }

    private async Task<RigProcess> StartReceiverAsync(string restoreMode, string fault)
    {
        RigProcess receiver = fixture.Rig.Start(Rig.B, "dotnet", "exec", Program, "receive", Agents.Port, Agents.Address, restoreMode, fault);
        await receiver.ReadLineAsync("ready", Cancellation);
        return receiver;
    }
}
