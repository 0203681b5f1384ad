using System.Text.Json;
using U2CMigration.EndToEndTests.Failures;
using U2CMigration.Testing;
using U2CMigration.Testing.Showing;
using U2CMigration.Transport.Frames;

namespace U2CMigration.EndToEndTests.Containers;

/// <summary>Containers with a network namespace of their own: they keep their addresses, their connections and what protects them, and never two of them answer.</summary>
public sealed class ContainerNetworkTests(BridgedRig bridged, ITestOutputHelper output) : IClassFixture<BridgedRig>, IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private readonly CancellationTokenSource _limit = Limited();

    private CancellationToken Cancellation => _limit.Token;

    private Rig Rig => bridged.Rig;

    public void Dispose() => _limit.Dispose();

    /// <summary>The namespace has a name (as with CNI), or it is the container's alone.</summary>
    [Theory]
    [InlineData("runc", true)]
    [InlineData("crun", false)]
    [Shows(Kind.Containers, "a network namespace of a container of runc or crun, with a veth pair into a bridge", Outcome.Moved, Because = "With addresses, hardware address, routes, settings, packet filter and open connections; the destination's bridge is on the same network segment.")]
    public async Task Move_UnderWrites_ConnectionSurvivesAndTheNetworkIsTheSame(string runtime, bool isNamed)
    {
        Requires.Testbed();
        await using BridgedContainer container = await BridgedContainer.StartAsync(Rig, runtime, isNamed, Cancellation);
        string before = await container.LookAsync(Rig.A, container.ProcessId, Cancellation);
        await using RigProcess receiver = await container.StartReceivingAsync(Cancellation);
        using var stop = new CancellationTokenSource();
        Task<long> writing = container.WriteAsync(stop.Token, Cancellation);

        await using RigProcess sender = container.StartSending("--verify");
        JsonElement result = EventOf(await sender.WaitAsync(Cancellation), "result");
        await Task.WhenAny(writing, Task.Delay(100, Cancellation));
        await stop.CancelAsync();
        long written = await writing;

        output.WriteLine($"{runtime}: downtime {result.GetProperty("downtimeMs").GetDouble():0} ms, the longest request {container.LongestGap.TotalMilliseconds:0} ms");
        result.GetProperty("pagesMismatched").GetInt64().Should().Be(0);
        (await container.IncrementAsync(Cancellation)).Should().Be(written + 1);
        EventOf(await receiver.WaitAsync(Cancellation), "arrived").GetProperty("warnings").GetArrayLength().Should().Be(0);
        (await container.StateAsync(Rig.A, Cancellation)).Should().BeNull();
        JsonElement there = (await container.StateAsync(Rig.B, Cancellation))!.Value;
        there.GetProperty("status").GetString().Should().Be("running");
        (await container.LookAsync(Rig.B, there.GetProperty("pid").ToString(), Cancellation)).Should().Be(before);
        (await PortsAsync(Rig.A)).Should().NotContain("u2c").And.NotContain("forwarding bridged0");
        (await PortsAsync(Rig.B)).Should().Contain("forwarding bridged0").And.NotContain("u2c");
    }

    /// <summary>A library of other content: CRIU gives up in the middle of the restore.</summary>
    [Fact]
    public async Task Send_RestoreFailsThere_TheConnectionGoesOnHereAndNothingIsThere()
    {
        Requires.Testbed();
        await using BridgedContainer container = await BridgedContainer.StartAsync(Rig, "runc", isNamed: true, Cancellation);
        string before = await container.LookAsync(Rig.A, container.ProcessId, Cancellation);
        await using RigProcess receiver = await container.StartReceivingAsync(Cancellation);
        (await Rig.ExecAsync(Rig.B, ["sh", "-c", $"echo more >>/srv/containers/{BridgedContainer.Id}/rootfs/usr/bin/redis-server"], Cancellation)).Successful();
        using var stop = new CancellationTokenSource();
        Task<long> writing = container.WriteAsync(stop.Token, Cancellation);

        await using RigProcess sender = container.StartSending();
        CommandResult sent = await sender.WaitAsync(Cancellation);
        await Task.WhenAny(writing, Task.Delay(100, Cancellation));
        await stop.CancelAsync();

        sent.ExitCode.Should().Be(1, $"it said {sent.Output} {sent.Error}");
        ErrorOf(sent).Should().Contain("redis-server");
        (await container.IncrementAsync(Cancellation)).Should().Be(await writing + 1);
        (await container.LookAsync(Rig.A, container.ProcessId, Cancellation)).Should().Be(before);
        (await PortsAsync(Rig.A)).Should().Contain("forwarding bridged0").And.NotContain("u2c");
        (await container.StateAsync(Rig.B, Cancellation)).Should().BeNull();
        (await PortsAsync(Rig.B)).Should().NotContain("bridged0").And.NotContain("u2c");
        (await Rig.ExecAsync(Rig.B, ["test", "-e", BridgedContainer.Namespace], Cancellation)).ExitCode.Should().Be(1);
    }

    /// <summary>What is restored there has no cable before the commit, and when the sender is killed the one here is back.</summary>
    [Fact]
    public async Task Send_KilledBeforeTheCommit_NoTwoAnswerAndTheConnectionGoesOnHere()
    {
        Requires.Testbed();
        await using BridgedContainer container = await BridgedContainer.StartAsync(Rig, "crun", isNamed: false, Cancellation);
        await using RigProcess receiver = await container.StartReceivingAsync(Cancellation, "--count", "0");
        await using Link link = await Link.StartAsync(Rig, MessageType.Restored, Cancellation);
        long before = await container.IncrementAsync(Cancellation);
        await using RigProcess sender = container.StartSendingTo(link.Endpoint);
        await link.ReachedAsync(sender, Cancellation);

        string answer = (await Rig.ExecAsync(Rig.Client, ["arping", "-c", "2", "-w", "1", "-I", "eth0", BridgedContainer.Address], Cancellation)).Output;
        (await PortsAsync(Rig.A)).Should().Contain("disabled bridged0");
        (await PortsAsync(Rig.B)).Should().Contain("disabled bridged0");
        (await Rig.ExecAsync(Rig.A, ["pkill", "-KILL", "-f", "[M]igrationAgent.dll send"], Cancellation)).Successful();
        await sender.WaitAsync(Cancellation);
        await link.CutAsync(Cancellation);

        answer.Should().NotContain("reply from");
        (await container.IncrementAsync(Cancellation)).Should().Be(before + 1);
        (await PortsAsync(Rig.A)).Should().Contain("forwarding bridged0").And.NotContain("u2c");
        (await Rig.ExecAsync(Rig.B, ["sh", "-c", "for i in $(seq 200); do ip link show bridged0 || exit 0; sleep 0.05; done; exit 1"], Cancellation)).Successful();
    }

    [Theory]
    [InlineData("macvlan", "other0 of the kind 'macvlan'", "veth pairs into a bridge")]
    [InlineData("queue", "tbf on eth0 of the container", "prepare a namespace on the destination")]
    [InlineData("shared", "is shared with process", "end the others")]
    [InlineData("port", "is not in a bridge of this host", "put it into one")]
    [InlineData("spanning", "looks for loops before it lets packets through", "stp_state 0")]
    [InlineData("address", "has a network of its own and brings its addresses along", "--address")]
    [Shows(Kind.Containers, "a macvlan device, traffic control, a network namespace that others share, a bridge with STP: in the network of a container", Outcome.Refused, Remedy = "Plug the container into a bridge without STP by a veth pair, or prepare a namespace on the destination.")]
    public async Task Send_SomethingOfItsNetworkCannotMove_RefusesWithRemedy(string what, string reason, string remedy)
    {
        Requires.Testbed();
        await using BridgedContainer container = await BridgedContainer.StartAsync(Rig, "crun", isNamed: false, Cancellation);
        string inside = $"nsenter -t {container.ProcessId} -n";
        (string change, string undo) = what switch
        {
            "macvlan" => ($"{inside} ip link add other0 link eth0 type macvlan", "true"),
            "queue" => ($"{inside} tc qdisc add dev eth0 root tbf rate 1gbit burst 64k latency 50ms", "true"),
            "shared" => ($"{inside} sleep 4321 >/dev/null 2>&1 </dev/null &", "pkill -f 'sleep [4]321'"),
            "port" => ("ip link set bridged0 nomaster", "true"),
            "spanning" => ("ip link set br0 type bridge stp_state 1 forward_delay 200", "ip link set br0 type bridge stp_state 0"),
            _ => ("true", "true"),
        };
        (await Rig.ExecAsync(Rig.A, ["sh", "-c", change], Cancellation)).Successful();

        await using RigProcess sender = container.StartSending(what == "address" ? ["--address", "10.77.0.100/24@br0"] : []);
        CommandResult sent = await sender.WaitAsync(Cancellation);
        await Rig.ExecAsync(Rig.A, ["sh", "-c", undo], Cancellation);

        sent.ExitCode.Should().Be(2, $"it said {sent.Output} {sent.Error}");
        ErrorOf(sent).Should().Contain(reason).And.Contain(remedy);
        (await container.StateAsync(Rig.A, Cancellation))!.Value.GetProperty("status").GetString().Should().Be("running");
    }

    [Theory]
    [InlineData("bridge", "this host has no such bridge", "--bridge NAME")]
    [InlineData("spanning", "looks for loops", "stp_state 0")]
    [InlineData("taken", "is on br0 of this host already", "ip address del")]
    [InlineData("hardware", "is that of other0 on this host", "change one of them")]
    [InlineData("namespace", "is not like that of the container", "Make it the same")]
    public async Task Send_SomethingThereIsInTheWay_RefusesWithRemedy(string what, string reason, string remedy)
    {
        Requires.Testbed();
        await using BridgedContainer container = await BridgedContainer.StartAsync(Rig, "crun", isNamed: what == "namespace", Cancellation);
        (string change, string undo) = what switch
        {
            "spanning" => ("ip link set br0 type bridge stp_state 1 forward_delay 200", "ip link set br0 type bridge stp_state 0"),
            "taken" => ($"ip address add {BridgedContainer.Address}/24 dev br0", $"ip address del {BridgedContainer.Address}/24 dev br0"),
            "hardware" => ($"ip link add other0 address {BridgedContainer.Hardware} type bridge", "ip link delete other0"),
            "namespace" => ("ip netns add bridged", "ip netns delete bridged"),
            _ => ("true", "true"),
        };
        (await Rig.ExecAsync(Rig.B, ["sh", "-c", change], Cancellation)).Successful();
        await using RigProcess receiver = await container.StartReceivingAsync(Cancellation, what == "bridge" ? ["--bridge", "none"] : []);

        await using RigProcess sender = container.StartSending();
        CommandResult sent = await sender.WaitAsync(Cancellation);
        await Rig.ExecAsync(Rig.B, ["sh", "-c", undo], Cancellation);

        sent.ExitCode.Should().Be(1, $"it said {sent.Output} {sent.Error}");
        ErrorOf(sent).Should().Contain(reason).And.Contain(remedy);
        (await container.IncrementAsync(Cancellation)).Should().BePositive();
    }

    /// <summary>The state of the ports of a host's bridge and their names, a line each.</summary>
    private async Task<string> PortsAsync(string host) =>
        (await Rig.ExecAsync(host, ["sh", "-c", "bridge link show | sed -n 's/^[0-9]*: \\([^:@]*\\).* state \\([a-z]*\\).*/\\2 \\1/p'; ip -brief link show type veth"], Cancellation)).Successful();

    private static JsonElement EventOf(CommandResult result, string name)
    {
        result.ExitCode.Should().Be(0, $"it said {result.Output} {result.Error}");
        return JsonDocument.Parse(result.Output.Split('\n').Last(line => line.Contains($"\"event\":\"{name}\"", StringComparison.Ordinal))).RootElement;
    }

    private static string ErrorOf(CommandResult result) =>
        JsonDocument.Parse(result.Output.Split('\n').Last(static line => line.Contains("\"event\":\"error\"", StringComparison.Ordinal))).RootElement.GetProperty("message").GetString()!;

    private static CancellationTokenSource Limited()
    {
        var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        return limit;
    }
}
