namespace U2CMigration.Core.Inventory.Checks;

/// <summary>Unix sockets that are connected to processes outside the workload.</summary>
internal static class UnixSocketCheck
{
    public static IEnumerable<InventoryFinding> Find(WorkloadView view)
    {
        foreach ((ulong inode, HeldDescriptor descriptor) in view.OwnSockets)
        {
            if (view.Sockets.Unix.TryGetValue(inode, out UnixSocket socket) && socket.Peer != 0 && view.OwnerOf(socket.Peer) is null && !view.Options.IsExternal($"unix[{socket.Peer}]"))
            {
                yield return Describe(view, descriptor, socket, view.Sockets.Unix.GetValueOrDefault(socket.Peer));
            }
        }

        foreach (InventoryFinding finding in Senders(view))
        {
            yield return finding;
        }
    }

    private static InventoryFinding Describe(WorkloadView view, HeldDescriptor descriptor, UnixSocket socket, UnixSocket peer)
    {
        string owner = view.Outside.OfSocket(socket.Peer) is { } holder ? $"{OutsideHolders.NameOf(holder.ProcessId)}, descriptor {holder.Number}," : "a process that cannot be seen from here";
        string name = socket.Name.Length > 0 ? $" bound to {socket.Name}" : peer.Name is { Length: > 0 } path ? $" to {path}" : "";
        if (!socket.IsDatagram)
        {
            return view.Finding(FindingKind.OutsideStream, descriptor.ProcessId, $"descriptor {descriptor.Number}, a unix stream{name}", $"it is connected to {owner} which does not move");
        }

        bool isNamed = peer.Name is { Length: > 0 };
        bool isReconnected = isNamed && view.Options.ReconnectsDatagrams;
        string reason = $"it is connected to {owner} which does not move{(isNamed ? "" : ", and that socket has no path by which another one could be found at the destination")}";
        return view.Finding(
            FindingKind.OutsideDatagrams, descriptor.ProcessId, $"descriptor {descriptor.Number}, a unix datagram socket{name}",
            isReconnected ? $"it is connected to the same path again at the destination, where something must listen" : reason, isInformation: isReconnected);
    }

    private static IEnumerable<InventoryFinding> Senders(WorkloadView view)
    {
        var senders = new Dictionary<ulong, int>();
        foreach (UnixSocket socket in view.Sockets.Unix.Values)
        {
            if (socket.IsDatagram && socket.Peer != 0 && view.OwnerOf(socket.Inode) is null && view.OwnerOf(socket.Peer) is not null)
            {
                senders[socket.Peer] = senders.GetValueOrDefault(socket.Peer) + 1;
            }
        }

        foreach ((ulong inode, int count) in senders)
        {
            // With a peer of its own it is a pair, which is found from the other side.
            if (view.Sockets.Unix.TryGetValue(inode, out UnixSocket socket) && socket.Peer == 0)
            {
                HeldDescriptor descriptor = view.OwnerOf(inode)!.Value;
                yield return view.Finding(
                    FindingKind.OutsideSenders, descriptor.ProcessId, $"descriptor {descriptor.Number}, a unix datagram socket bound to {socket.Name}",
                    $"{count} sockets of processes outside are connected to it and lose it", isInformation: true);
            }
        }
    }
}
