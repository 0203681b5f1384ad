using System.Net;
using Microsoft.Extensions.Logging;
using U2CMigration.Core.Interop;
using U2CMigration.Core.Logging;
using U2CMigration.PageTracking.Processes;

namespace U2CMigration.Core.Inventory;

/// <summary>Ends connections that were given up, so that nobody waits for ever on either host.</summary>
internal static class LocalConnections
{
    private const string SocketPrefix = "socket:[";

    /// <summary>Ends, on the source, the other ends of connections of a workload that is gone from there.</summary>
    /// <param name="findings">What was given up.</param>
    /// <param name="logger">Told what could not be ended.</param>
    public static void EndPeers(IEnumerable<InventoryFinding> findings, ILogger logger)
    {
        List<(IPEndPoint Local, IPEndPoint Remote)> given = [.. findings.Select(static finding => finding.Connection).OfType<(IPEndPoint, IPEndPoint)>()];
        if (given.Count == 0)
        {
            return;
        }

        var sockets = SocketTable.Read(Environment.ProcessId);
        foreach ((IPEndPoint local, IPEndPoint remote) in given)
        {
            // Where the kernel has told the peer already, that is enough.
            if (sockets.Connection(remote, local) is { State: InternetSocket.Established })
            {
                End(remote, local, logger);
            }
        }
    }

    /// <summary>Ends, on the destination, connections of a restored workload within the host whose other end is not there.</summary>
    /// <param name="rootProcessId">The root of the tree.</param>
    /// <param name="logger">Told what could not be ended.</param>
    public static void EndDead(int rootProcessId, ILogger logger)
    {
        if (NetworkNamespace.IsOther(rootProcessId))
        {
            return;
        }

        var sockets = SocketTable.Read(rootProcessId);
        foreach (ulong inode in ProcessTree.List(rootProcessId).SelectMany(DescriptorTable.Read).Select(static descriptor => descriptor.Inode(SocketPrefix)).OfType<ulong>().Distinct())
        {
            if (sockets.Tcp.TryGetValue(inode, out InternetSocket socket) && socket.State == InternetSocket.Established && IsWithinHost(socket) && sockets.PeerOf(socket) is null)
            {
                End(socket.Local, socket.Remote, logger);
            }
        }
    }

    private static bool IsWithinHost(InternetSocket socket) =>
        (IPAddress.IsLoopback(socket.Local.Address) && IPAddress.IsLoopback(socket.Remote.Address)) || socket.Local.Address.Equals(socket.Remote.Address);

    private static void End(IPEndPoint local, IPEndPoint remote, ILogger logger)
    {
        bool isEnded = false;
        try
        {
            isEnded = SocketDiagnostics.Destroy(local, remote);
        }
        catch (IOException)
        {
            // No socket to be had for it.
        }

        if (!isEnded)
        {
            logger.ConnectionNotEnded(local, remote);
        }
    }
}
