using U2CMigration.EndToEndTests.Migration;
using U2CMigration.EndToEndTests.Testbed;
using U2CMigration.Testing;
using U2CMigration.Transport.Frames;

namespace U2CMigration.EndToEndTests.Failures;

/// <summary>The workload itself is the reason: it ends on the way, or holds something that CRIU can not dump.</summary>
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

    [Fact]
    public async Task Send_HoldsWhatCriuCanNotDump_SaysWhatByCriusLog()
    {
        Requires.Testbed();
        await using RunningWorkload workload = await StartWorkloadAsync();
        await using Agents agents = await StartReceiverAsync();
        // FUSE's device, as a file system in user space has it open.
        const string OpenDevice = "[ -e /tmp/fuse ] || mknod /tmp/fuse c 10 229; exec 7</tmp/fuse; echo pid $$; while :; do sleep 1000; done";
        await using RigProcess undumpable = Rig.Start(Rig.A, "sh", "-c", OpenDevice);
        string pid = (await undumpable.ReadLineAsync("pid", Cancellation)).Split(' ')[1];

        await using RigProcess sender = agents.StartSending(int.Parse(pid, System.Globalization.CultureInfo.InvariantCulture));

        (await FailedAsync(sender, workload)).Should().MatchRegex("CRIU failed the request DUMP: Can't dump file 7 of that type .*10:229");
    }
}
