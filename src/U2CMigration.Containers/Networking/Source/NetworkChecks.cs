using System.Globalization;
using U2CMigration.Containers.Bundles;
using U2CMigration.Containers.Networking.Host;
using U2CMigration.Containers.Networking.Model;
using U2CMigration.Containers.Networking.Reading;
using U2CMigration.Containers.Runtimes;
using U2CMigration.PageTracking.Processes;

namespace U2CMigration.Containers.Networking.Source;

/// <summary>Reads the network of a container on the source and finds what of it cannot move.</summary>
internal static class NetworkChecks
{
    /// <summary>Reads it.</summary>
    /// <param name="container">The container.</param>
    /// <param name="problems">Takes a sentence for each thing in the way.</param>
    /// <param name="warnings">Takes what the caller should know.</param>
    public static NetworkState Read(ContainerState container, ICollection<string> problems, ICollection<string> warnings)
    {
        int processId = container.ProcessId;
        if (Sharers(processId) is { Count: > 0 } others)
        {
            problems.Add($"The network namespace of the container {container.Id} is shared with {string.Join(", ", others)}, which would be cut off with it. Move containers that have one to themselves, or end the others.");
        }

        NetworkState state = NetworkReader.Read(ContainerCable.PathOf(processId), problems);
        var host = HostLinks.Read();
        foreach (NetworkLink link in state.Cables)
        {
            if (host.HasSpanningTree(link.Host!.Bridge))
            {
                problems.Add($"The bridge {link.Host.Bridge} of this host looks for loops before it lets packets through (STP): no port of it can be closed and opened in a moment. Turn that off (ip link set {link.Host.Bridge} type bridge stp_state 0).");
            }

            if (host.HasNetworks(link.Host.Bridge))
            {
                problems.Add($"The bridge {link.Host.Bridge} of this host keeps networks apart by numbers (vlan_filtering), and in which of them {link.Name} of the container is does not move. Use a bridge for each network.");
            }
        }

        if (PublishedPorts.Count([.. state.Cables.SelectMany(NeighbourNews.Addresses)]) is > 0 and var published)
        {
            warnings.Add($"{published} open {(published == 1 ? "connection comes" : "connections come")} to the container {container.Id} through a port of this host, which translates the addresses (NAT), and {(published == 1 ? "ends" : "end")} when it moves: clients that are to stay connected have to use the container's own address.");
        }

        if (FirewallReader.TracksConnections(state.Firewall))
        {
            warnings.Add($"The packet filter of the container {container.Id} follows connections, and on the destination it sees those that are open begin in the middle: let it accept such, as it does unless net.netfilter.nf_conntrack_tcp_loose is 0.");
        }

        return state;
    }

    /// <summary>Processes that are no part of the container and in its network.</summary>
    private static List<string> Sharers(int processId)
    {
        string? own = Link(processId);
        HashSet<int> tree = [.. ProcessTree.List(processId), .. ProcessTree.List(Environment.ProcessId)];
        return
        [
            .. from directory in Directory.EnumerateDirectories("/proc")
               let number = int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out int parsed) ? parsed : 0
               where number > 0 && !tree.Contains(number) && Link(number) == own && !Residents(processId).Contains(number)
               select $"process {number} ({ProcessTree.TryReadStatus(number)?.Name ?? "ended"})",
        ];
    }

    /// <summary>What was started in the container from outside is refused elsewhere.</summary>
    private static IReadOnlyList<int> Residents(int processId) => Runtimes.Residents.Strangers(processId);

    private static string? Link(int processId)
    {
        try
        {
            return new FileInfo(ContainerCable.PathOf(processId)).LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
