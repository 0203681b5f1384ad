using U2CMigration.Containers.Interop;
using U2CMigration.Containers.Networking.Host;
using U2CMigration.Containers.Networking.Model;

namespace U2CMigration.Containers.Networking.Source;

/// <summary>A port beside that of a container, to which the bridge sends what is for the container while its own port is closed.</summary>
internal sealed class StandIn : IAsyncDisposable
{
    private readonly NetworkLink _link;
    private readonly int _containerPort;
    private readonly int _port;
    private readonly byte[] _hardware;
    private readonly FrameHold _hold;

    private StandIn(NetworkLink link, int containerPort, string name, int port, FrameHold hold)
    {
        (_link, _containerPort, Name, _port, _hold) = (link, containerPort, name, port, hold);
        _hardware = NeighbourNews.Hardware(link);
    }

    /// <summary>The name of the port.</summary>
    public string Name { get; }

    /// <summary>Makes one; nothing is sent to it yet.</summary>
    /// <param name="link">The device in the container.</param>
    /// <param name="containerPort">Its port.</param>
    public static StandIn Create(NetworkLink link, int containerPort)
    {
        string port = $"u2c{Guid.NewGuid():N}"[..14];
        string end = $"{port[..13]}-";

        // Nothing of this host speaks on it, no frame is sent there because no one knows where it belongs, and the bridge learns nothing from it.
        string commands = $"""
            link add name {port} address {PortAddress.New()} mtu {link.Mtu} type veth peer name {end} mtu {link.Mtu}
            link set dev {port} addrgenmode none
            link set dev {end} addrgenmode none
            link set dev {end} arp off up
            link set dev {port} master {link.Host!.Bridge}
            link set dev {port} type bridge_slave learning off flood off
            link set dev {port} up

            """;
        NetworkTool.Run(null, NetworkTool.Ip, commands, "-batch", "-");
        try
        {
            var host = HostLinks.Read();
            return new StandIn(link, containerPort, port, host.Index(port), FrameHold.Open(host.Index(end), host.Hardware(end), NeighbourNews.Hardware(link)));
        }
        catch
        {
            NetworkTool.Run(null, NetworkTool.Ip, string.Empty, "link", "delete", "dev", port);
            throw;
        }
    }

    /// <summary>Closes the port of the container, and holds what is for it from now on.</summary>
    public void Cut()
    {
        _hold.Begin();
        LinkNetlink.SendTo(_port, _hardware);
        LinkNetlink.SetPort(_containerPort, LinkNetlink.PortDisabled);

        // What the container has said in between has changed the mind of the bridge.
        LinkNetlink.SendTo(_port, _hardware);
    }

    /// <summary>Opens the port of the container again.</summary>
    public void Join()
    {
        LinkNetlink.SetPort(_containerPort, LinkNetlink.PortForwarding);
        LinkNetlink.ForgetWhere(_port, _hardware);
        LinkNetlink.ForgetWhere(_containerPort, _hardware);
    }

    /// <summary>Sends what was held to the container, which the bridge knows again.</summary>
    public void GiveBack() => _hold.GiveBack();

    /// <summary>From now on the destination may say that it has the container.</summary>
    public void Commit() => _hold.FollowClaims();

    public async ValueTask DisposeAsync()
    {
        await _hold.DisposeAsync().ConfigureAwait(false);
        LinkNetlink.Remove(_port);
    }

    public override string ToString() => $"the stand-in {Name} of {_link.Name}";
}
