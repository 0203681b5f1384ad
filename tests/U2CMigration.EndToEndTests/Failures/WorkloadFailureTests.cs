using U2CMigration.EndToEndTests.Migration;
using U2CMigration.EndToEndTests.Testbed;
using U2CMigration.Testing;
using U2CMigration.Transport.Frames;

namespace U2CMigration.EndToEndTests.Failures;

/// <summary>The workload itself is the reason: it ends on the way, or has something that CRIU can not dump.</summary>
[Collection<SharedRig>]
public sealed class WorkloadFailureTests(RigFixture fixture) : FailureTest(fixture)
{
    /// <summary>Offer: before a tracker is attached. RoundEnd: in a round.</summary>
    [Theory]
    [InlineData(MessageType.Offer)]
    [InlineData(MessageType.RoundEnd)]
    public async Task Send_WorkloadEnds_SaysSoAndLeavesNothing(MessageType at)
    {
        Requires.Testbed();
        await using RunningWorkload workload = await StartWorkloadAsync();
        await using Agents agents = await StartReceiverAsync("--count", "0");
        await using Link link = await Link.StartAsync(Rig, at, Cancellation);
        await using RigProcess sender = agents.StartSendingTo(link.Endpoint, workload.ProcessId);
        await link.ReachedAsync(sender, Cancellation);

        await workload.EndAsync(Cancellation);
        await link.PassAsync(Cancellation);
        CommandResult result = await sender.WaitAsync(Cancellation);

        result.ExitCode.Should().Be(1, $"it said {result.Output} {result.Error}");
        ErrorOf(result).Should().Contain($"Process {workload.ProcessId} ended by itself").And.Contain("The workload has ended on the source; there is nothing to retry");
        await Aftermath.EndedAsync(Rig, workload, Cancellation);
    }

    /// <summary>A device that CRIU does not know.</summary>
    [Fact]
    public async Task Send_FileThatCriuCanNotDump_IsRefusedBeforeAnythingIsTouched()
    {
        Requires.Testbed();
        await using RunningWorkload workload = await StartWorkloadAsync("7</dev/userfaultfd");
        await using Agents agents = await StartReceiverAsync();
        await using RigProcess sender = agents.StartSending(workload.ProcessId);

        (await FailedAsync(sender, workload, exitCode: 2)).Should().Contain("has descriptor 7, /dev/userfaultfd: CRIU cannot move this device");
    }
}
