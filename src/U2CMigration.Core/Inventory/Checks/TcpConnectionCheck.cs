using System.Net;

namespace U2CMigration.Core.Inventory.Checks;

/// <summary>TCP connections that cannot go on at the destination: the other end is a process of this host that stays, or the own address stays.</summary>
internal static class TcpConnectionCheck
{
    public static IEnumerable<InventoryFinding> Find(WorkloadView view)
    {
        foreach ((ulong inode, HeldDescriptor descriptor) in view.OwnSockets)
        {
            if (view.Sockets.Tcp.TryGetValue(inode, out InternetSocket socket) && socket.IsConnected && ReasonOf(view, socket) is { } reason)
            {
                yield return view.Finding(
                    FindingKind.LocalConnection, descriptor.ProcessId, $"descriptor {descriptor.Number}, a TCP connection from {socket.Local} to {socket.Remote}", reason, isAllowed: view.Options.ClosesConnections) with
                {
                    Connection = view.HasOwnNetwork || view.Sockets.PeerOf(socket) is null ? null : (socket.Local, socket.Remote),
                };
            }
        }
    }

    private static string? ReasonOf(WorkloadView view, InternetSocket socket)
    {
        InternetSocket? peer = view.Sockets.PeerOf(socket);
        ulong owner = peer switch
        {
            null => 0,
            { Inode: not 0 } known => known.Inode,

            // Not accepted yet: it belongs to who listens. Otherwise its program has closed it.
            { State: InternetSocket.Established } waiting => view.Sockets.ListenerOf(waiting.Local)?.Inode ?? 0,
            _ => 0,
        };
        bool isHere = owner != 0;
        if (isHere && view.OwnerOf(owner) is not null)
        {
            return null;
        }

        if (isHere && IsBroken(socket, view.Options.MovedAddress))
        {
            string holder = view.Outside.OfSocket(owner) is { } held ? OutsideHolders.NameOf(held.ProcessId) : "a process that cannot be seen from here";
            return $"its other end is {holder}, which does not move";
        }

        return !isHere && StaysBehind(view, socket.Local.Address)
            ? $"its own address does not move along, only {view.Options.MovedAddress} does"
            : null;
    }

    /// <summary>Whether a connection within this host ends by the move: it does not where the workload's address moves and the other one's stays.</summary>
    internal static bool IsBroken(InternetSocket socket, IPAddress? moved) =>
        IPAddress.IsLoopback(socket.Local.Address) || IPAddress.IsLoopback(socket.Remote.Address)
        || socket.Local.Address.Equals(socket.Remote.Address)
        || (moved is not null && !socket.Local.Address.Equals(moved));

    private static bool StaysBehind(WorkloadView view, IPAddress local) =>
        view.Options.MovedAddress is { } moved && !view.HasOwnNetwork && !IPAddress.IsLoopback(local) && !local.Equals(moved);
}
