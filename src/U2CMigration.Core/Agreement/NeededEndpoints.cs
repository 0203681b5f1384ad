using System.Net;
using U2CMigration.Core.Interop;
using U2CMigration.Core.Inventory;
using U2CMigration.Transport.Frames;
using U2CMigration.Transport.Messages;

namespace U2CMigration.Core.Agreement;

/// <summary>The addresses and ports that a workload needs at the destination.</summary>
internal static class NeededEndpoints
{
    private const string SocketPrefix = "socket:[";

    /// <summary>Gathers them; none where the network namespace moves along.</summary>
    public static IReadOnlyList<NeededEndpoint> Of(IReadOnlyList<int> tree, InventoryOptions options)
    {
        if (NetworkNamespace.IsOther(tree[0]))
        {
            return [];
        }

        var sockets = SocketTable.Read(tree[0]);
        HashSet<ulong> own = [.. tree.SelectMany(DescriptorTable.Read).Select(static descriptor => descriptor.Inode(SocketPrefix)).OfType<ulong>()];
        return Of(own, sockets, options.ClosesConnections);
    }

    internal static IReadOnlyList<NeededEndpoint> Of(IEnumerable<ulong> own, SocketTable sockets, bool closesConnections)
    {
        var needs = new HashSet<NeededEndpoint>();
        foreach (ulong inode in own)
        {
            if (sockets.Tcp.TryGetValue(inode, out InternetSocket tcp))
            {
                if (tcp.State == InternetSocket.Listening)
                {
                    needs.Add(new NeededEndpoint(EndpointUse.Listening, tcp.Local));
                }
                else if (tcp.IsConnected && !closesConnections)
                {
                    needs.Add(new NeededEndpoint(EndpointUse.Connections, new IPEndPoint(tcp.Local.Address, 0)));
                }
            }
            else if (sockets.Udp.TryGetValue(inode, out InternetSocket udp) && udp.Local.Port != 0)
            {
                needs.Add(new NeededEndpoint(EndpointUse.Datagrams, udp.Local));
            }
        }

        // Addresses of one link need a scope, which the kernel does not tell here; groups are joined, not had.
        return [.. needs.Where(static need => !need.EndPoint.Address.IsIPv6LinkLocal && !IsMulticast(need.EndPoint.Address)).Take(ProtocolLimits.MaxNeeds)];
    }

    private static bool IsMulticast(IPAddress address) =>
        address.IsIPv6Multicast || (address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork && (address.GetAddressBytes()[0] is >= 224 and <= 239 or 255));
}
