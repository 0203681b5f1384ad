using U2CMigration.EndToEndTests.Migration;
using U2CMigration.EndToEndTests.Testbed;
using U2CMigration.Testing;
using U2CMigration.Transport.Frames;

namespace U2CMigration.EndToEndTests.Failures;

/// <summary>The link is lost between the commit and the destination's word: only the destination knows, and the source asks it.</summary>
[Collection<SharedRig>]
public sealed class InDoubtTests(RigFixture fixture) : FailureTest(fixture)
{
    [Fact]
    public async Task Resolve_DestinationRunsIt_StaysFrozenWhileItCanNotBeAskedAndIsThenRemoved()
    {
        Requires.Testbed();
        await using RunningWorkload workload = await StartWorkloadAsync();
        await using Agents agents = await StartReceiverAsync();
        await using Link link = await Link.StartAsync(Rig, MessageType.Resumed, Cancellation);
        await using RigProcess sender = agents.StartSendingTo(link.Endpoint, workload.ProcessId);
        await link.ReachedAsync(sender, Cancellation);

        await link.DownAsync(Cancellation);
        string said = await sender.ReadLineAsync("\"error\"", Cancellation);
        string answer = await workload.AskAsync("check", Cancellation);
        bool standsStill = await Aftermath.StandsStillAsync(Rig, workload, Cancellation);
        await link.UpAsync(Cancellation);
        CommandResult result = await sender.WaitAsync(Cancellation);

        said.Should().Contain("frozen on the source until it is settled");
        answer.Should().StartWith("ok ", "the destination runs it");
        standsStill.Should().BeTrue("two copies never run");
        result.ExitCode.Should().Be(0);
        result.Error.Should().Contain("it stays frozen").And.Contain("The migration is settled: Moved");
        await Aftermath.MovedAsync(Rig, workload, Cancellation);
    }

    [Fact]
    public async Task Resolve_CommitWasLost_ThawsTheSource()
    {
        Requires.Testbed();
        await using RunningWorkload workload = await StartWorkloadAsync();
        await using Agents agents = await StartReceiverAsync();
        await using Link link = await Link.StartAsync(Rig, MessageType.Commit, Cancellation);
        await using RigProcess sender = agents.StartSendingTo(link.Endpoint, workload.ProcessId);
        await link.ReachedAsync(sender, Cancellation);

        await link.CutAsync(Cancellation);
        CommandResult result = await sender.WaitAsync(Cancellation);

        result.ExitCode.Should().Be(1);
        result.Error.Should().Contain("The migration is settled: RolledBack");
        await Aftermath.StayedAsync(Rig, workload, Cancellation);
    }

    [Fact]
    public async Task Resolve_ReceiverKilledBeforeTheCommitAndStartedAgain_ThawsTheSource()
    {
        Requires.Testbed();
        await using RunningWorkload workload = await StartWorkloadAsync();
        await using Agents first = await StartReceiverAsync();
        await using Link link = await Link.StartAsync(Rig, MessageType.Commit, Cancellation);
        await using RigProcess sender = first.StartSendingTo(link.Endpoint, workload.ProcessId);
        await link.ReachedAsync(sender, Cancellation);

        await first.Receiver.KillAsync();
        string said = await sender.ReadLineAsync("\"error\"", Cancellation);
        bool standsStill = await Aftermath.StandsStillAsync(Rig, workload, Cancellation);
        await using Agents second = await StartReceiverAsync();
        CommandResult result = await sender.WaitAsync(Cancellation);

        standsStill.Should().BeTrue("nothing is known yet");
        result.ExitCode.Should().Be(1);
        said.Should().Contain("broke after the commit", "nobody has waited for anything");
        result.Error.Should().Contain("The migration is settled: RolledBack");
        await Aftermath.StayedAsync(Rig, workload, Cancellation);
    }

    [Fact]
    public async Task Interrupt_InDoubt_LeavesTheCopyFrozenAndSaysSo()
    {
        Requires.Testbed();
        await using RunningWorkload workload = await StartWorkloadAsync();
        await using Agents agents = await StartReceiverAsync();
        await using Link link = await Link.StartAsync(Rig, MessageType.Resumed, Cancellation);
        await using RigProcess sender = agents.StartSendingTo(link.Endpoint, workload.ProcessId);
        await link.ReachedAsync(sender, Cancellation);
        await link.DownAsync(Cancellation);
        await sender.ReadLineAsync("\"error\"", Cancellation);

        await InterruptAsync(sender);
        CommandResult result = await sender.WaitAsync(Cancellation);
        bool standsStill = await Aftermath.StandsStillAsync(Rig, workload, Cancellation);
        string answer = await workload.AskAsync("check", Cancellation);
        await Rig.ExecAsync(Rig.A, ["kill", "-KILL", $"{workload.ProcessId}"], Cancellation);

        result.ExitCode.Should().Be(3);
        result.Error.Should().Contain("still in doubt");
        standsStill.Should().BeTrue("two copies never run, also when the sender has ended");
        answer.Should().StartWith("ok ", "the destination runs it");
    }
}
