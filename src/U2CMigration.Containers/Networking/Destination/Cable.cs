using System.Diagnostics;
using U2CMigration.Containers.Interop;
using U2CMigration.Containers.Networking.Host;
using U2CMigration.Containers.Networking.Model;

namespace U2CMigration.Containers.Networking.Destination;

/// <summary>A cable from a device of a container to a bridge of this host. It is unplugged by closing its port, which takes effect at once in both directions and changes nothing else.</summary>
internal sealed class Cable
{
    /// <summary>The kernel takes some tenths of a millisecond to notice that both ends are on.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Pause = TimeSpan.FromMicroseconds(200);

    private readonly int _port;
    private readonly string _name;
    private readonly bool _wasUp;

    private Cable(NetworkLink link, string name, int port, bool wasUp) => (Link, _name, _port, _wasUp) = (link, name, port, wasUp);

    /// <summary>The device in the container.</summary>
    public NetworkLink Link { get; }

    /// <summary>Its number there.</summary>
    public int Index => Link.Index;

    /// <summary>Lays one whose ends were made; nothing passes while the device in the container is off.</summary>
    public static Cable Lay(NetworkLink link, string name, int port, string bridge)
    {
        NetworkTool.Run(null, NetworkTool.Ip, string.Empty, "link", "set", "dev", name, "master", bridge);
        NetworkTool.Run(null, NetworkTool.Ip, string.Empty, "link", "set", "dev", name, "type", "bridge_slave", "isolated", OnOff(link.Host!.IsIsolated), "hairpin", OnOff(link.Host.IsHairpin));
        LinkNetlink.SetUp(port, isUp: true);
        return new Cable(link, name, port, wasUp: true);
    }

    /// <summary>One that is there.</summary>
    public static Cable Find(NetworkLink link, int port, bool isUp) => new(link, link.Host!.Name, port, isUp);

    /// <summary>Unplugs it as soon as the bridge has opened its port, which it does by itself when both ends are on.</summary>
    public void AwaitAndUnplug()
    {
        if (!Link.IsUp)
        {
            return;
        }

        long start = Stopwatch.GetTimestamp();
        while (PortState() != LinkNetlink.PortForwarding)
        {
            if (Stopwatch.GetElapsedTime(start) > Limit)
            {
                throw new IOException($"The bridge does not let packets through the new port {_name} within {Limit.TotalSeconds:0} s. Look at it: bridge -d link show dev {_name}.");
            }

            Thread.Sleep(Pause);
        }

        Unplug();
    }

    /// <summary>Unplugs it.</summary>
    public void Unplug()
    {
        if (_wasUp)
        {
            LinkNetlink.SetPort(_port, LinkNetlink.PortDisabled);
        }
    }

    /// <summary>Plugs it in.</summary>
    public void Plug()
    {
        if (!_wasUp)
        {
            // The bridge opens the port when it notices.
            LinkNetlink.SetUp(_port, isUp: true);
        }
        else if (Link.IsUp)
        {
            LinkNetlink.SetPort(_port, LinkNetlink.PortForwarding);
        }
    }

    /// <summary>Waits, not long, until packets pass that come from the namespace of the calling thread, in which the device is.</summary>
    public void AwaitPackets()
    {
        long start = Stopwatch.GetTimestamp();
        while (Link.IsUp && !LinkNetlink.IsRunning(Index) && Stopwatch.GetElapsedTime(start) < Limit)
        {
            Thread.Sleep(Pause);
        }
    }

    /// <summary>Leaves it as the caller had it.</summary>
    public void LeaveAsFound()
    {
        if (!_wasUp)
        {
            LinkNetlink.SetUp(_port, isUp: false);
        }
        else if (Link.IsUp)
        {
            LinkNetlink.SetPort(_port, LinkNetlink.PortForwarding);
        }
    }

    /// <summary>Removes it with both ends.</summary>
    public void Remove() => LinkNetlink.Remove(_port);

    private int PortState() => int.TryParse(File.ReadAllText($"/sys/class/net/{_name}/brport/state"), out int state) ? state : -1;

    private static string OnOff(bool value) => value ? "on" : "off";
}
