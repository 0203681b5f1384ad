using U2CMigration.EndToEndTests.Testbed;
using U2CMigration.Testing;
using U2CMigration.Testing.Showing;

namespace U2CMigration.EndToEndTests.Migration;

/// <summary>What can go wrong before the commit: the workload runs on where it was, its memory is right, and the error says so.</summary>
[Collection<SharedRig>]
public sealed class FailureTests(RigFixture fixture)
{
    private const string StillHere = "runs on the source as before";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Send_NoSuchProcess_IsRefusedWithASentence()
    {
        Requires.Testbed();
        await using Agents agents = await Agents.StartAsync(fixture.Rig, Cancellation);

        await using RigProcess sender = agents.StartSending(9999);
        CommandResult result = await sender.WaitAsync(Cancellation);

        result.ExitCode.Should().Be(2);
        result.Output.Should().Contain("There is no process 9999");
    }

    [Fact]
    public async Task Send_DestinationKilledInRound_LeavesTheWorkloadRunning()
    {
        Requires.Testbed();
        await using RunningWorkload workload = await RunningWorkload.StartAsync(fixture.Rig, "shapeshifter", 7911, Cancellation);
        await using Agents agents = await Agents.StartAsync(fixture.Rig, Cancellation);
        await using RigProcess sender = agents.StartSending(workload.ProcessId, "--max-mbit", "8");
        await sender.ReadLineAsync("\"PreCopy\"", Cancellation);

        await agents.Receiver.KillAsync();
        CommandResult result = await sender.WaitAsync(Cancellation);
        string answer = await workload.AskAsync("check", Cancellation);

        result.ExitCode.Should().Be(1);
        result.Output.Should().Contain(StillHere);
        answer.Should().StartWith("ok ");
    }

    [Fact]
    [Shows(Kind.Destination, "less memory than the workload has", Outcome.Refused, Remedy = "Free memory there, or raise the limit (agent: receive --max-memory-mib).")]
    public async Task Send_DestinationHasTooLittleMemory_SaysSoAndLeavesTheWorkloadRunning()
    {
        Requires.Testbed();
        await using RunningWorkload workload = await RunningWorkload.StartAsync(fixture.Rig, "shapeshifter", 7912, Cancellation);
        await using Agents agents = await Agents.StartAsync(fixture.Rig, Cancellation, "--max-memory-mib", "1");

        await using RigProcess sender = agents.StartSending(workload.ProcessId);
        CommandResult result = await sender.WaitAsync(Cancellation);
        string answer = await workload.AskAsync("check", Cancellation);

        result.ExitCode.Should().Be(1);
        result.Output.Should().Contain("limit here is 1 MiB").And.Contain(StillHere);
        answer.Should().StartWith("ok ");
    }

    [Fact]
    public async Task Send_NobodyListens_SaysSoAndLeavesTheWorkloadRunning()
    {
        Requires.Testbed();
        await using RunningWorkload workload = await RunningWorkload.StartAsync(fixture.Rig, "shapeshifter", 7913, Cancellation);
        await using Agents agents = await Agents.StartAsync(fixture.Rig, Cancellation);
        await agents.Receiver.KillAsync();

        await using RigProcess sender = agents.StartSending(workload.ProcessId);
        CommandResult result = await sender.WaitAsync(Cancellation);
        string answer = await workload.AskAsync("check", Cancellation);

        result.ExitCode.Should().Be(1);
        result.Output.Should().Contain(StillHere);
        answer.Should().StartWith("ok ");
    }

    [Fact]
    public async Task Receive_GarbageOnThePort_StillTakesTheNextMigration()
    {
        Requires.Testbed();
        await using RunningWorkload workload = await RunningWorkload.StartAsync(fixture.Rig, "shapeshifter", 7914, Cancellation);
        await using Agents agents = await Agents.StartAsync(fixture.Rig, Cancellation);
        await fixture.Rig.ExecAsync(Rig.A, ["sh", "-c", $"head -c 100000 /dev/urandom | nc -q 1 -w 2 {Rig.AddressOfB} 9410"], Cancellation);

        await agents.MoveAsync(workload.ProcessId, Cancellation);
        string answer = await workload.AskAsync("check", Cancellation);

        answer.Should().StartWith("ok ");
    }
}
