using System.Globalization;
using System.Net;
using U2CMigration.Core.InnerConnections;
using U2CMigration.Core.Interop;
using U2CMigration.Criu.Interop;

namespace U2CMigration.Core.ConnectionLocks;

/// <summary>The TCP connections of a tree in one network namespace, whatever their state but for those that are no more than a number in the kernel.</summary>
/// <param name="Member">A process in that namespace.</param>
/// <param name="Connections">Their two ends.</param>
internal sealed record TreeConnections(int Member, IReadOnlyList<(IPEndPoint Local, IPEndPoint Remote)> Connections)
{
    private const int Closed = 7;
    private const int TimeWait = 6;
    private const int Listening = 10;
    private const uint Connected = 0xFFEu & ~(1u << Closed | 1u << TimeWait | 1u << Listening);

    /// <summary>The namespace of the member, to be entered.</summary>
    public string Namespace => NamespaceOf(Member);

    /// <summary>Reads those of a tree, for each of its network namespaces.</summary>
    /// <param name="processIds">The tree; one that ends in that time has none.</param>
    /// <exception cref="IOException">The kernel does not tell.</exception>
    public static IReadOnlyList<TreeConnections> Read(IReadOnlyCollection<int> processIds)
    {
        var sockets = TreeSockets.Of(processIds);
        return
        [
            .. processIds.GroupBy(LinkOf).Where(static group => group.Key is not null)
                .Select(group => new TreeConnections(group.First(), Of(sockets, Criu.Interop.Namespace.RunInNetwork(NamespaceOf(group.First()), static () => SocketDiagnosis.List(Connected)))))
                .Where(static one => one.Connections.Count > 0),
        ];
    }

    /// <summary>Those that a process of the tree has open.</summary>
    internal static IReadOnlyList<(IPEndPoint Local, IPEndPoint Remote)> Of(TreeSockets sockets, IEnumerable<TcpSocketEntry> all) =>
        [.. all.Where(one => one.Remote.Port != 0 && sockets.Owns(one.Inode)).Select(static one => (one.Local, one.Remote)).Distinct()];

    private static string NamespaceOf(int processId) => string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/ns/net");

    private static string? LinkOf(int processId)
    {
        try
        {
            return new FileInfo(NamespaceOf(processId)).LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
