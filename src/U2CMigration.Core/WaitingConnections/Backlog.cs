using System.Globalization;
using System.Net;
using U2CMigration.Core.InnerConnections;
using U2CMigration.Core.Interop;
using U2CMigration.Criu.Interop;

namespace U2CMigration.Core.WaitingConnections;

/// <summary>
/// Connections that the kernel has established with a workload and that it has not accepted yet: they wait in the backlogs of its listening sockets. Their peers believe that they are served,
/// and no image has them.
/// </summary>
internal static class Backlog
{
    private const int Established = 1;
    private const int HandshakeOpen = 3; // TCP_SYN_RECV
    private const int ClosedByPeer = 8; // TCP_CLOSE_WAIT
    private const int Listening = 10;

    /// <summary>Reads those of a tree.</summary>
    /// <param name="processIds">The processes, all in one network namespace.</param>
    public static IReadOnlyList<CarriedConnection> Read(IReadOnlyList<int> processIds)
    {
        var sockets = TreeSockets.Of(processIds);
        return Find(In(processIds[0], Established, HandshakeOpen, ClosedByPeer, Listening), inode => sockets.OwnerOf(inode) is not null);
    }

    /// <summary>How many connections wait, or null for a tree that takes none.</summary>
    /// <param name="processId">A process of the tree.</param>
    /// <param name="sockets">The sockets of the tree.</param>
    public static long? Count(int processId, TreeSockets sockets)
    {
        TcpSocketEntry[] listeners = [.. In(processId, Listening).Where(one => sockets.OwnerOf(one.Inode) is not null)];
        return listeners.Length == 0 ? null : listeners.Sum(static one => one.ReceiveQueue);
    }

    /// <summary>Finds those of the listening sockets that are in a tree.</summary>
    internal static IReadOnlyList<CarriedConnection> Find(IReadOnlyList<TcpSocketEntry> all, Predicate<ulong> isOurs)
    {
        IPEndPoint[] listeners = [.. all.Where(one => one.State == Listening && isOurs(one.Inode)).Select(static one => one.Local)];

        // A socket that nobody has open, and that is not being closed: it was never accepted.
        return
        [
            .. all.Where(one => one is { Inode: 0, State: Established or HandshakeOpen or ClosedByPeer } && listeners.Any(listener => IsFor(listener, one.Local)))
                .Select(static one => new CarriedConnection(one.Local.ToString(), one.Remote.ToString())).Distinct(),
        ];
    }

    private static List<TcpSocketEntry> In(int processId, params int[] states)
    {
        try
        {
            return Namespace.RunInNetwork(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/ns/net"), () => SocketDiagnosis.List(states.Aggregate(0u, static (bits, state) => bits | 1u << state)));
        }
        catch (IOException)
        {
            // It has ended, or the kernel does not tell: CRIU, which asks in the same way, says so.
            return [];
        }
    }

    private static bool IsFor(IPEndPoint listener, IPEndPoint local) =>
        listener.Port == local.Port && (listener.Address.Equals(local.Address) || listener.Address.Equals(IPAddress.Any) || listener.Address.Equals(IPAddress.IPv6Any));
}
