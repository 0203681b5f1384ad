using U2CMigration.Testing;

namespace U2CMigration.EndToEndTests.Containers;

/// <summary>A rig whose hosts have a bridge each, on the same segment: what is plugged into one of them can be plugged into the other one.</summary>
public sealed class BridgedRig : IAsyncLifetime
{
    /// <summary>The bridge of both hosts.</summary>
    public const string Bridge = "br0";

    private const string MakeBridge = """
        set -e
        ip link add br0 address "$(cat /sys/class/net/eth0/address)" type bridge
        ip address del "$0/24" dev eth0
        ip link set eth0 master br0
        ip address add "$0/24" dev br0
        ip link set br0 up
        """;

    private Rig? _rig;

    public Rig Rig => _rig ?? throw new InvalidOperationException("The rig is not up.");

    public async ValueTask InitializeAsync()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            return;
        }

        _rig = await Rig.UpAsync("network");
        foreach ((string host, string address) in ((string, string)[])[(Rig.A, Rig.AddressOfA), (Rig.B, Rig.AddressOfB)])
        {
            (await _rig.ExecAsync(host, ["sh", "-c", MakeBridge, address])).Successful();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_rig is not null)
        {
            await _rig.DisposeAsync();
        }
    }
}
