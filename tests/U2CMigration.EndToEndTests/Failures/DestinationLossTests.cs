using U2CMigration.EndToEndTests.Migration;
using U2CMigration.EndToEndTests.Testbed;
using U2CMigration.Testing;
using U2CMigration.Transport.Frames;

namespace U2CMigration.EndToEndTests.Failures;

/// <summary>A host or the link between them is lost before the commit: the source runs on, and nothing is left on either side.</summary>
[Collection<SharedRig>]
public sealed class DestinationLossTests(RigFixture fixture) : FailureTest(fixture)
{
    /// <summary>RoundEnd: in round 1. Frozen: in the freeze. Restored: the workload is restored and held there.</summary>
    [Theory]
    [InlineData(MessageType.RoundEnd)]
    [InlineData(MessageType.Frozen)]
    [InlineData(MessageType.Restored)]
    public async Task Send_DestinationKilled_LeavesTheWorkloadRunning(MessageType at)
    {
        Requires.Testbed();
        await using RunningWorkload workload = await StartWorkloadAsync();
        await using Agents agents = await StartReceiverAsync();
        await using Link link = await Link.StartAsync(Rig, at, Cancellation);
        await using RigProcess sender = agents.StartSendingTo(link.Endpoint, workload.ProcessId);
        await link.ReachedAsync(sender, Cancellation);

        await agents.Receiver.KillAsync();
        await sender.WaitAsync(Cancellation);

        // What the killed one could not remove, its successor does.
        await using Agents successor = await StartReceiverAsync();
        await FailedAsync(sender, workload);
    }

    [Theory]
    [InlineData(MessageType.Frozen)]
    [InlineData(MessageType.Restored)]
    public async Task Send_LinkLost_CanBeTriedAgainWithTheSameReceiver(MessageType at)
    {
        Requires.Testbed();
        await using RunningWorkload workload = await StartWorkloadAsync();
        await using Agents agents = await StartReceiverAsync();
        await using Link link = await Link.StartAsync(Rig, at, Cancellation);
        await using RigProcess sender = agents.StartSendingTo(link.Endpoint, workload.ProcessId);
        await link.ReachedAsync(sender, Cancellation);

        await link.CutAsync(Cancellation);
        string said = await FailedAsync(sender, workload);
        await agents.MoveAsync(workload.ProcessId, Cancellation);

        said.Should().Contain("a retry may succeed");
        await Aftermath.MovedAsync(Rig, workload, Cancellation);
    }

    /// <summary>No packet says that the link is dead, or that the destination hangs.</summary>
    [Fact]
    public async Task Send_DestinationSilentInTheFreeze_RunsAgainAfterTheSilenceTimeout()
    {
        Requires.Testbed();
        await using RunningWorkload workload = await StartWorkloadAsync();
        await using Agents agents = await StartReceiverAsync();
        await using Link link = await Link.StartAsync(Rig, MessageType.Restored, Cancellation);
        await using RigProcess sender = agents.StartSendingTo(link.Endpoint, workload.ProcessId, Agents.Silence, "2");
        await link.ReachedAsync(sender, Cancellation);

        string answer = await workload.AskAsync("check", Cancellation);
        await link.CutAsync(Cancellation);
        string said = await FailedAsync(sender, workload);

        answer.Should().StartWith("ok ");
        said.Should().Contain("said nothing for 2 s").And.Contain("a retry may succeed");
    }

    [Fact]
    public async Task Send_SenderKilledInRound_TheNextOneFindsNothingInItsWay()
    {
        Requires.Testbed();
        await using RunningWorkload workload = await StartWorkloadAsync();
        await using Agents agents = await StartReceiverAsync();
        await using Link link = await Link.StartAsync(Rig, MessageType.RoundEnd, Cancellation);
        await using RigProcess sender = agents.StartSendingTo(link.Endpoint, workload.ProcessId);
        await link.ReachedAsync(sender, Cancellation);

        await sender.KillAsync();
        await link.CutAsync(Cancellation);
        string answer = await workload.AskAsync("check", Cancellation);
        await agents.MoveAsync(workload.ProcessId, Cancellation);

        answer.Should().StartWith("ok ");
        await Aftermath.MovedAsync(Rig, workload, Cancellation);
    }

    /// <summary>With a cgroup of its own the workload is frozen by that, which outlasts the sender.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Send_SenderKilledInFreeze_TheWorkloadRunsOnAndCanBeMoved(bool hasOwnCgroup)
    {
        Requires.Testbed();
        await using RunningWorkload workload = await StartWorkloadAsync();
        if (hasOwnCgroup)
        {
            await workload.PutIntoOwnCgroupAsync(Cancellation);
        }

        await using Agents agents = await StartReceiverAsync();
        await using Link link = await Link.StartAsync(Rig, MessageType.Frozen, Cancellation);
        await using RigProcess sender = agents.StartSendingTo(link.Endpoint, workload.ProcessId);
        await link.ReachedAsync(sender, Cancellation);

        await sender.KillAsync();
        await link.CutAsync(Cancellation);
        string answer = await workload.AskAsync("check", Cancellation);
        await agents.MoveAsync(workload.ProcessId, Cancellation);

        answer.Should().StartWith("ok ");
        await Aftermath.MovedAsync(Rig, workload, Cancellation);
    }
}
