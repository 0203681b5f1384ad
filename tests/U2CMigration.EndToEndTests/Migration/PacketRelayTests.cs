using System.Diagnostics;
using U2CMigration.EndToEndTests.Testbed;
using U2CMigration.Testing;
using U2CMigration.Testing.Showing;

namespace U2CMigration.EndToEndTests.Migration;

/// <summary>What clients send while the workload is frozen reaches it, and not only when they send it again.</summary>
[Collection<SharedRig>]
public sealed class PacketRelayTests(RigFixture fixture)
{
    /// <summary>Linux repeats an unanswered connection attempt each second at first (tcp_syn_linear_timeouts): what lies between was not repeated.</summary>
    private static readonly TimeSpan BehindFirstRepetition = TimeSpan.FromSeconds(1.1);

    private static readonly TimeSpan BeforeSecondRepetition = TimeSpan.FromSeconds(1.9);

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

    /// <summary>Stops CRIU on the destination before it restores, which makes the freeze as long as the test needs.</summary>
    private async Task SignalRestorerAsync(string signal) =>
        (await fixture.Rig.ExecAsync(Rig.B, ["sh", "-c", $"kill -{signal} $(pgrep -x criu)"], Cancellation)).Successful();
}
