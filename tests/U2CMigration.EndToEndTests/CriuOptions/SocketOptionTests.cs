using System.Text.Json;
using U2CMigration.Core.Inventory;
using U2CMigration.EndToEndTests.Testbed;
using U2CMigration.Testing;
using U2CMigration.Testing.Showing;

namespace U2CMigration.EndToEndTests.CriuOptions;

/// <summary>Sockets that lead out of the workload.</summary>
[Collection<SharedRig>]
public sealed class SocketOptionTests(RigFixture fixture) : BelongingsTest(fixture)
{
    private const string Hub = "/tmp/hub";

    [Fact]
    [ShowsFinding(Kind.Sockets, nameof(FindingKind.OutsideDatagrams), Outcome.MovedWithAnOption)]
    public async Task Send_ConnectedToALogger_MovesOnlyWithExternalUnixSockets()
    {
        Requires.Testbed();
        await using RigProcess here = await StartHubAsync(Rig.A);
        await using RigProcess there = await StartHubAsync(Rig.B);
        await using RunningWorkload workload = await StartAsync("--with", "logger", "--peer", Hub);

        string said = MessageOf(await StayedAsync(workload, [], exitCode: 2));
        said.Should().MatchRegex(@"Process \d+ \(belongings\) has descriptor \d+, a unix datagram socket to /tmp/hub: it is connected to process \d+ \(belongings\)").And.Contain("--external-unix-sockets");
        await here.ReadLineAsync("tick", Cancellation);
        await MovedAsync(workload, ["--external-unix-sockets"]);

        await there.ReadLineAsync("tick", Cancellation);
    }

    /// <summary>The peer stays on an address that does not move: the connection cannot be taken up on the other host, only ended.</summary>
    [Fact]
    [Shows(Kind.Sockets, "a TCP connection on an address that is not on the destination", Outcome.MovedWithAnOption, Because = "With the option all TCP connections arrive closed.", Remedy = "Let the address move along, or add it there.", Option = "CriuSettings.TcpClose (agent: --tcp-close)")]
    public async Task Send_ConnectionOnAnAddressThatStays_MovesOnlyWithTcpClose()
    {
        Requires.Testbed();
        await using RigProcess peer = Rig.Start(Rig.A, "sh", "-c", "echo ready; exec nc -lk 10.77.0.1 8199");
        await peer.ReadLineAsync("ready", Cancellation);
        await RunAsync(Rig.A, "for i in 1 2 3 4 5 6 7 8 9; do nc -z 10.77.0.1 8199 && exit 0; sleep 0.1; done; exit 1");
        await using RunningWorkload workload = await StartAsync("--with", "connection", "--peer", "10.77.0.1:8199");
        (await workload.AskAsync("check", Cancellation)).Should().EndWith("connection=open");

        JsonElement error = await StayedAsync(workload, [], exitCode: 2);
        MessageOf(error).Should().MatchRegex(@"Process \d+ \(belongings\) has descriptor \d+, a TCP connection from 10\.77\.0\.1:\d+ to 10\.77\.0\.1:8199: its other end is process \d+ \(nc\)").And.Contain("--tcp-close");

        // Allowed to be given up here, it still cannot be bound there; the destination says so before anything is touched.
        string said = MessageOf(await StayedAsync(workload, ["--allow", "local-connections"]));
        said.Should().Contain("The destination refused").And.Contain("The address 10.77.0.1, which sockets of the workload are bound to, is not on this host").And.Contain("--tcp-close");
    }

    [Fact]
    [Shows(Kind.Sockets, "a TCP connection on an address that is not on the destination", Outcome.MovedWithAnOption, Because = "With the option all TCP connections arrive closed.", Remedy = "Let the address move along, or add it there.", Option = "CriuSettings.TcpClose (agent: --tcp-close)")]
    public async Task Move_WithTcpClose_ArrivesWithClosedConnections()
    {
        Requires.Testbed();
        await using RigProcess peer = Rig.Start(Rig.A, "sh", "-c", "echo ready; exec nc -lk 10.77.0.1 8198");
        await peer.ReadLineAsync("ready", Cancellation);
        await RunAsync(Rig.A, "for i in 1 2 3 4 5 6 7 8 9; do nc -z 10.77.0.1 8198 && exit 0; sleep 0.1; done; exit 1");
        await using RunningWorkload workload = await StartAsync("--with", "connection", "--peer", "10.77.0.1:8198");
        await using Migration.Agents agents = await StartReceiverAsync();

        await agents.MoveAsync(workload.ProcessId, Cancellation, "--tcp-close");

        // Its own connection has ended too, so it is asked on a new one; it listens as before.
        CommandResult answer = await Rig.ExecAsync(Rig.Client, ["sh", "-c", $"echo check | nc -q 1 -w 5 {Rig.ServiceAddress} {workload.Port}"], Cancellation);
        answer.Output.Should().Contain("ok kinds=1 connection=closed");
        await Rig.ExecAsync(Rig.Client, ["sh", "-c", $"echo quit | nc -q 1 -w 5 {Rig.ServiceAddress} {workload.Port}"], Cancellation);
    }

    private async Task<RigProcess> StartHubAsync(string host)
    {
        RigProcess hub = Rig.Start(host, NativeProgram.Build("belongings"), "--hub", Hub);
        await hub.ReadLineAsync("ready", Cancellation);
        return hub;
    }
}
