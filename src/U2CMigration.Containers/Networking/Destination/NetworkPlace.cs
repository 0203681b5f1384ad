using U2CMigration.Containers.Bundles;
using U2CMigration.Containers.Networking.Host;
using U2CMigration.Containers.Networking.Model;
using U2CMigration.Containers.Networking.Reading;
using U2CMigration.Containers.Runtimes;
using U2CMigration.Core.Owners;

namespace U2CMigration.Containers.Networking.Destination;

/// <summary>Where the network of a container is to be on this host: in a namespace that is made for it, or in one that the caller has prepared.</summary>
/// <param name="Path">The path that names the namespace; empty where it has no name.</param>
/// <param name="IsPrepared">Whether the caller has made it.</param>
/// <param name="BridgeOf">The bridge of this host for one of the source.</param>
internal sealed record NetworkPlace(string Path, bool IsPrepared, Func<string, string> BridgeOf)
{
    /// <summary>Decides it.</summary>
    public static NetworkPlace Of(TreeDescription tree, Bundle bundle, ContainerHostOptions options)
    {
        string named = bundle.Namespace("network") ?? string.Empty;
        string wanted = options.NetworkNamespace(tree.Name, tree.Property(DescriptionKeys.NetworkNamespace));
        string path = named.Length > 0 ? named : wanted;
        string bridge = tree.Property(DescriptionKeys.Bridge);
        return new NetworkPlace(path, path.Length > 0 && (wanted.Length > 0 || File.Exists(path)), source => options.Bridge(tree.Name, bridge.Length > 0 ? bridge : source));
    }

    /// <summary>What is in the way on this host, a sentence each.</summary>
    public IReadOnlyList<string> FindProblems(TreeDescription tree, NetworkState state, Bundle bundle)
    {
        if (NetworkBuilder.Problem(state) is { } nonsense)
        {
            return [nonsense];
        }

        if (bundle.Namespace("network") is { Length: > 0 } named && named != Path)
        {
            return [$"The config.json in {bundle.Directory} puts the container {tree.Name} into the network namespace {named}, and {Path} was named for it. Name one of them only."];
        }

        try
        {
            return IsPrepared ? [.. OfPrepared(tree, state)] : [.. OfHost(tree, state)];
        }
        catch (IOException e)
        {
            return [$"The network of the container {tree.Name} cannot be looked at: {e.Message}"];
        }
    }

    /// <summary>The names of the other ends of its devices on this host, as they will be.</summary>
    public static IReadOnlyDictionary<string, string> HostEnds(NetworkState state, HostLinks host) =>
        state.Cables.ToDictionary(static link => link.Name, link => host.Has(link.Host!.Name) ? $"u2c{Guid.NewGuid():N}"[..15] : link.Host.Name);

    private IEnumerable<string> OfHost(TreeDescription tree, NetworkState state)
    {
        var host = HostLinks.Read();
        foreach (NetworkLink link in state.Cables)
        {
            string bridge = BridgeOf(link.Host!.Bridge);
            if (!host.IsBridge(bridge))
            {
                yield return $"The container {tree.Name} hangs on the bridge {bridge}, and this host has {(host.Has(bridge) ? "another device of that name" : "no such bridge")} (bridges here: {(host.Bridges.Any() ? string.Join(", ", host.Bridges) : "none")}). Make it, connected to the same network as on the source, or name another one ({nameof(ContainerHostOptions)}.{nameof(ContainerHostOptions.Bridge)}, agent: receive --bridge NAME).";
                continue;
            }

            if (!host.IsUp(bridge))
            {
                yield return $"The bridge {bridge}, on which the container {tree.Name} is to hang, is off on this host. Turn it on (ip link set {bridge} up).";
            }

            if (host.HasSpanningTree(bridge))
            {
                yield return $"The bridge {bridge} of this host looks for loops before it lets packets through a new port (STP), so clients would wait for half a minute. Turn that off (ip link set {bridge} type bridge stp_state 0), or name another bridge.";
            }

            if (host.HasNetworks(bridge))
            {
                yield return $"The bridge {bridge} of this host keeps networks apart by numbers (vlan_filtering), which ports made here would not have. Name another bridge, or prepare a namespace whose port has them, and name it ({nameof(ContainerHostOptions)}.{nameof(ContainerHostOptions.NetworkNamespace)}, agent: receive --network-namespace PATH).";
            }

            if (host.HolderOf(link.Hardware) is { } holder)
            {
                yield return $"The hardware address {link.Hardware} of the container {tree.Name} is that of {holder} on this host. Two devices of one network cannot have the same: change one of them.";
            }

            foreach (System.Net.IPAddress address in NeighbourNews.Addresses(link).Where(static one => !one.IsIPv6LinkLocal))
            {
                if (Core.Handover.NetworkDevice.HolderOf(address) is { } device)
                {
                    yield return $"The address {address} of the container {tree.Name} is on {device} of this host already. Remove it there (ip address del), or give one of the two another one.";
                }
            }
        }
    }

    /// <summary>What the caller has made must be what the container had: it protects as well, and has the addresses to which the connections are bound.</summary>
    private IEnumerable<string> OfPrepared(TreeDescription tree, NetworkState state)
    {
        if (!File.Exists(Path))
        {
            yield return $"There is no network namespace {Path} on this host, which was named for the container {tree.Name}. Make it (ip netns add), with the addresses of the container, or name none and it is made.";
            yield break;
        }

        var ignored = new List<string>();
        NetworkState found = NetworkReader.Read(Path, ignored);
        if (NetworkComparison.Differences(state, found, isMade: false) is { Count: > 0 } differences)
        {
            yield return $"The network namespace {Path} of this host is not like that of the container {tree.Name} on the source ({string.Join("; ", differences)}). Make it the same, or remove it and it is made.";
        }
    }
}
