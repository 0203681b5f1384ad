using U2CMigration.EndToEndTests.Migration;
using U2CMigration.EndToEndTests.Testbed;
using U2CMigration.Testing;
using U2CMigration.Transport.Frames;

namespace U2CMigration.EndToEndTests.Failures;

/// <summary>The program that sends is killed while it holds the workload frozen, dumped or not, and before the commit: the workload runs on where it is.</summary>
[Collection<SharedRig>]
public sealed class KilledSenderTests(RigFixture fixture) : FailureTest(fixture)
{
    /// <summary>Frozen: the dump is about to begin or under way. Restored: it is held, and CRIU undoes it on its own.</summary>
    [Theory]
    [InlineData(MessageType.Frozen, true)]
    [InlineData(MessageType.Restored, true)]
    [InlineData(MessageType.Restored, false)]
    public async Task Send_KilledWhileFrozen_TheWorkloadRunsOn(MessageType at, bool hasOwnCgroup)
    {
        Requires.Testbed();
        await using RunningWorkload workload = await StartWorkloadAsync();
        if (hasOwnCgroup)
        {
            await workload.PutIntoOwnCgroupAsync(Cancellation);
        }

        await using Agents agents = await StartReceiverAsync("--count", "0");
        await using Link link = await Link.StartAsync(Rig, at, Cancellation);
        await using RigProcess sender = agents.StartSendingTo(link.Endpoint, workload.ProcessId);
        await link.ReachedAsync(sender, Cancellation);

        (await Rig.ExecAsync(Rig.A, ["pkill", "-KILL", "-f", "[M]igrationAgent(.dll)? send"], Cancellation)).Successful();
        await sender.WaitAsync(Cancellation);
        await link.CutAsync(Cancellation);

        long before = RunningWorkload.OperationsOf(await workload.AskAsync("check", Cancellation));
        await Task.Delay(TimeSpan.FromSeconds(1), Cancellation);
        RunningWorkload.OperationsOf(await workload.AskAsync("check", Cancellation)).Should().BeGreaterThan(before);
        await Task.Delay(TimeSpan.FromSeconds(3), Cancellation);
        RunningWorkload.OperationsOf(await workload.AskAsync("check", Cancellation)).Should().BeGreaterThan(before, "it stays thawed");
    }
}
