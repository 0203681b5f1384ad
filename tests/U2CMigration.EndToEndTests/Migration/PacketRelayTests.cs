using System.Diagnostics;
using U2CMigration.EndToEndTests.Failures;
using U2CMigration.EndToEndTests.Testbed;
using U2CMigration.Testing;
using U2CMigration.Testing.Showing;
using U2CMigration.Transport.Frames;

namespace U2CMigration.EndToEndTests.Migration;

/// <summary>What clients send while the workload is frozen reaches it, and not only when they send it again.</summary>
[Collection<SharedRig>]
public sealed class PacketRelayTests(RigFixture fixture)
{
    /// <summary>Linux repeats an unanswered connection attempt each second at first (tcp_syn_linear_timeouts): what lies between was not repeated.</summary>
    private static readonly TimeSpan BehindFirstRepetition = TimeSpan.FromSeconds(1.1);

    private static readonly TimeSpan BeforeSecondRepetition = TimeSpan.FromSeconds(1.9);

    private static readonly TimeSpan AfterFourthRepetition = TimeSpan.FromSeconds(3.2);

    private static readonly TimeSpan BeforeFifthRepetition = TimeSpan.FromSeconds(6);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    [Shows(Kind.Sockets, "a client that connects while the workload is frozen", Outcome.Moved, Because = "Where the address moves along and nft(8) is there; the attempt is passed on after the resume.")]
    public async Task Move_ClientConnectsDuringTheFreeze_IsAnsweredAtTheResume()
    {
        Requires.Testbed();
        await using RunningWorkload workload = await RunningWorkload.StartAsync(fixture.Rig, "shapeshifter", 7921, Cancellation);
        await using Agents agents = await Agents.StartAsync(fixture.Rig, Cancellation);
        await using RigProcess sender = agents.StartSending(workload.ProcessId, "--max-mbit", "400", "--verify");
        await sender.ReadLineAsync("\"PreCopy\"", Cancellation);
        await SignalRestorerAsync("STOP");
        await sender.ReadLineAsync("\"Restoring\"", Cancellation);

        long start = Stopwatch.GetTimestamp();
        Task<CommandResult> connecting = fixture.Rig.ExecAsync(Rig.Client, ["nc", "-z", "-w", "9", Rig.ServiceAddress, "7921"], Cancellation);
        await Task.Delay(BehindFirstRepetition, Cancellation);
        connecting.IsCompleted.Should().BeFalse();
        await SignalRestorerAsync("CONT");
        CommandResult connected = await connecting;
        TimeSpan waited = Stopwatch.GetElapsedTime(start);
        (await sender.WaitAsync(Cancellation)).Successful();

        connected.Successful();
        waited.Should().BeLessThan(BeforeSecondRepetition);
        (await workload.AskAsync("check", Cancellation)).Should().StartWith("ok ");
    }

    /// <summary>
    /// Linux repeats an unanswered segment after 0.2, 0.6, 1.4, 3.0 and 6.2 s: what is answered between the last two was not repeated, but given back.
    /// Who claims the address before the commit gets nothing of it.
    /// </summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task RollBack_ClientSpokeDuringTheFreeze_IsAnsweredBeforeItRepeatsItself(bool claimedByTheDestination)
    {
        Requires.Testbed();
        await using RunningWorkload workload = await RunningWorkload.StartAsync(fixture.Rig, "shapeshifter", 7924, Cancellation);
        await using Agents agents = await Agents.StartAsync(fixture.Rig, Cancellation, "--count", "0");
        await using Link link = await Link.StartAsync(fixture.Rig, MessageType.Restored, Cancellation);
        await using RigProcess sender = agents.StartSendingTo(link.Endpoint, workload.ProcessId);
        await link.ReachedAsync(sender, Cancellation);

        long start = Stopwatch.GetTimestamp();
        Task<string> asking = workload.AskAsync("check", Cancellation);
        if (claimedByTheDestination)
        {
            (await fixture.Rig.ExecAsync(Rig.B, ["arping", "-q", "-c", "1", "-U", "-I", "eth0", "-s", Rig.ServiceAddress, Rig.ServiceAddress], Cancellation)).Successful();
        }

        await Task.Delay(AfterFourthRepetition, Cancellation);
        asking.IsCompleted.Should().BeFalse();
        await link.CutAsync(Cancellation);
        string answer = await asking;
        TimeSpan waited = Stopwatch.GetElapsedTime(start);

        answer.Should().StartWith("ok ");
        waited.Should().BeLessThan(BeforeFifthRepetition);
    }

    /// <summary>Stops CRIU on the destination before it restores, which makes the freeze as long as the test needs.</summary>
    private async Task SignalRestorerAsync(string signal) =>
        (await fixture.Rig.ExecAsync(Rig.B, ["sh", "-c", $"kill -{signal} $(pgrep -x criu)"], Cancellation)).Successful();
}
