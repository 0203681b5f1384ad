using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using U2CMigration.EndToEndTests.Migration;
using U2CMigration.Testing;

namespace U2CMigration.EndToEndTests.Containers;

/// <summary>A Redis in a container of host a that has a network namespace of its own, on a bridge, with a packet filter and settings of its own, and a client in host client that holds one connection to it.</summary>
internal sealed class BridgedContainer : IAsyncDisposable
{
    public const string Id = "bridged";
    public const string Address = "10.77.0.60";
    public const string Hardware = "02:00:00:00:00:3c";

    /// <summary>Its namespace, where it has a name.</summary>
    public const string Namespace = "/var/run/netns/bridged";

    private const int Port = 6379;

    /// <summary>As a CNI plugin does it: the namespace first where it has a name, the cable after the start otherwise.</summary>
    private const string Start = """
        set -e
        runtime=$0 named=$1
        if [ -n "$named" ]; then ip netns add bridged; fi
        cd /srv/containers/bridged
        $runtime --log /tmp/bridged.log run -d bridged </dev/null >/dev/null 2>&1 || { cat /tmp/bridged.log; exit 1; }
        pid=$($runtime state bridged | sed -n 's/.*"pid": *\([0-9]*\).*/\1/p')
        inside="nsenter -t $pid -n"
        ip link add bridged0 address fe:ff:00:00:00:3c type veth peer name eth0 address 02:00:00:00:00:3c netns $pid
        ip link set bridged0 master br0 up
        # An address that is asked for first is only half there for a second.
        $inside sh -c 'echo 777 >/proc/sys/net/ipv4/tcp_keepalive_time; echo 0 >/proc/sys/net/ipv6/conf/eth0/accept_dad'
        $inside ip -batch - <<BATCH
        link set lo up
        address add 10.77.0.60/24 broadcast + dev eth0
        address add fd00::60/64 dev eth0 nodad
        link set eth0 up
        route add default via 10.77.0.9
        route add blackhole 10.66.0.0/16
        rule add from 10.66.0.1 lookup 66 priority 100
        neighbour add 10.77.0.200 lladdr 02:00:00:00:00:c8 dev eth0 nud permanent
        BATCH
        $inside nft -f - <<NFT
        table inet guard {
          chain arriving {
            type filter hook input priority 0; policy accept;
            tcp dport 81 drop
          }
        }
        NFT
        echo $pid
        """;

    /// <summary>All that a program in the namespace could see of its network, but for what counts on.</summary>
    private const string Look = """
        in="nsenter -t $0 -n"
        $in ip -brief address | sed 's/@if[0-9]*/ /; s/  */ /g'; $in ip route show table all; $in ip -6 route show table all; $in ip rule; $in ip neighbour show nud permanent
        $in nft list ruleset; $in cat /proc/sys/net/ipv4/tcp_keepalive_time /proc/sys/net/ipv6/conf/eth0/accept_dad; $in ip link show eth0 | grep -o 'link/ether [^ ]*'; $in cat /proc/net/igmp | wc -l
        """;

    private readonly Rig _rig;
    private readonly string _runtime;
    private readonly RigProcess _client;

    private BridgedContainer(Rig rig, string runtime, RigProcess client, string processId) => (_rig, _runtime, _client, ProcessId) = (rig, runtime, client, processId);

    /// <summary>Its first process in host a.</summary>
    public string ProcessId { get; }

    /// <summary>The longest that a request has taken.</summary>
    public TimeSpan LongestGap { get; private set; }

    public static async Task<BridgedContainer> StartAsync(Rig rig, string runtime, bool isNamed, CancellationToken cancellationToken)
    {
        string network = isNamed ? $$""", {"type": "network", "path": "{{Namespace}}"}""" : """, {"type": "network"}""";
        foreach (string host in (string[])[Rig.A, Rig.B])
        {
            await CleanAsync(rig, runtime, host);
            (await rig.ExecAsync(host, ["sh", "-c", RunningContainer.MakeBundle, $"/srv/containers/{Id}", RunningContainer.Configuration(Port, string.Empty, network)], cancellationToken)).Successful();
        }

        string processId = (await rig.ExecAsync(Rig.A, ["sh", "-c", Start, runtime, isNamed ? "named" : string.Empty], cancellationToken)).Successful().Trim();
        (await rig.ExecAsync(Rig.Client, ["sh", "-c", $"until redis-cli -h {Address} ping; do sleep 0.05; done"], cancellationToken)).Successful();
        return new BridgedContainer(rig, runtime, rig.Start(Rig.Client, "nc", Address, $"{Port}"), processId);
    }

    /// <summary>What is in its network namespace.</summary>
    public async Task<string> LookAsync(string host, string processId, CancellationToken cancellationToken) => (await _rig.ExecAsync(host, ["sh", "-c", Look, processId], cancellationToken)).Successful();

    /// <summary>Adds one over the open connection.</summary>
    /// <returns>How many there are now.</returns>
    public async Task<long> IncrementAsync(CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        await _client.Input.WriteAsync("INCR counter\r\n".AsMemory(), cancellationToken);
        await _client.Input.FlushAsync(cancellationToken);
        long now = long.Parse((await _client.ReadLineAsync(":", cancellationToken)).Trim().TrimStart(':'), CultureInfo.InvariantCulture);
        LongestGap = TimeSpan.FromTicks(Math.Max(LongestGap.Ticks, Stopwatch.GetElapsedTime(start).Ticks));
        return now;
    }

    /// <summary>Adds one after the other until it is told to stop, and sees that none is lost.</summary>
    /// <returns>How many there are.</returns>
    public async Task<long> WriteAsync(CancellationToken stop, CancellationToken cancellationToken)
    {
        long expected = await IncrementAsync(cancellationToken);
        while (!stop.IsCancellationRequested)
        {
            (await IncrementAsync(cancellationToken)).Should().Be(++expected);
        }

        return expected;
    }

    public async Task<RigProcess> StartReceivingAsync(CancellationToken cancellationToken, params string[] options)
    {
        RigProcess receiver = _rig.Start(Rig.B, ["dotnet", "exec", ProgramInHosts.Path("MigrationAgent"), "receive", "--listen", $"0.0.0.0:{Agents.Port}", "--containers", _runtime, "--json-lines", "--allow-unauthenticated", .. options]);
        await receiver.ReadLineAsync("\"ready\"", cancellationToken);
        return receiver;
    }

    public RigProcess StartSending(params string[] options) => StartSendingTo($"{Rig.AddressOfB}:{Agents.Port}", options);

    public RigProcess StartSendingTo(string endpoint, params string[] options) => _rig.Start(
        Rig.A, ["dotnet", "exec", ProgramInHosts.Path("MigrationAgent"), "send", "--container", $"{_runtime}:{Id}", "--to", endpoint, "--json-lines", "--allow-unauthenticated", .. options]);

    /// <summary>What its runtime says of it in a host; null where there is no such container.</summary>
    public async Task<JsonElement?> StateAsync(string host, CancellationToken cancellationToken)
    {
        CommandResult state = await _rig.ExecAsync(host, [_runtime, "state", Id], cancellationToken);
        return state.ExitCode == 0 ? JsonDocument.Parse(state.Output).RootElement : null;
    }

    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        foreach (string host in (string[])[Rig.A, Rig.B])
        {
            await CleanAsync(_rig, _runtime, host);
        }
    }

    private static Task<CommandResult> CleanAsync(Rig rig, string runtime, string host) => rig.ExecAsync(
        host, ["sh", "-c", $"{runtime} delete --force {Id}; ip netns delete bridged; ip link delete bridged0; ip link delete other0; rm -rf --one-file-system /srv/containers/{Id}; true"]);
}
