using System.ComponentModel;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;
using U2CMigration.Core.Guardians;
using U2CMigration.Core.Logging;
using U2CMigration.Core.Sessions;
using U2CMigration.Criu.Images;

namespace U2CMigration.Core.InnerConnections;

/// <summary>
/// Keeps the packets of connections between processes of the tree away from its sockets while they are restored. CRIU lets a socket speak while it restores what was not sent yet, and
/// a peer that is not restored by then would answer with a reset. A table of nftables drops the packets of exactly these connections as they arrive; TCP sends them again.
/// </summary>
internal sealed class InnerConnectionLock : IDisposable
{
    /// <summary>Images of a network namespace that moves along: nothing is connected to anything there before all is restored.</summary>
    private const string NetworkImages = "netdev-*.img";

    private readonly FirewallTable _table;

    private InnerConnectionLock(FirewallTable table) => _table = table;

    /// <summary>Installs the table, if the images have such connections.</summary>
    /// <param name="images">The images.</param>
    /// <param name="criu">How CRIU is started: the table belongs into the same network namespace.</param>
    /// <param name="networkNamespace">A namespace that is there and into which the tree is restored; null for that of CRIU.</param>
    /// <param name="migrationId">Names the table.</param>
    /// <param name="logger">Told when there is no nft(8); the restore may succeed all the same.</param>
    /// <returns>Null without such connections.</returns>
    public static InnerConnectionLock? Install(ImageDirectory images, CriuSettings criu, string? networkNamespace, Guid migrationId, ILogger logger)
    {
        IReadOnlyList<(IPEndPoint Local, IPEndPoint Remote)> connections =
            criu.TcpEstablished && !Directory.EnumerateFiles(images.Path, NetworkImages).Any() ? SocketImage.ReadInnerConnections(images) : [];
        if (connections.Count == 0)
        {
            return null;
        }

        string table = $"u2c-{migrationId:N}";
        try
        {
            return Criu.Interop.Namespace.RunInNetwork(
                networkNamespace, () => new InnerConnectionLock(FirewallTable.Install(networkNamespace is null ? criu.Prefix : [], table, RulesFor(table, connections))));
        }
        catch (Exception e) when (e is IOException or Win32Exception)
        {
            logger.InnerConnectionsNotLocked(e);
            return null;
        }
    }

    /// <summary>Lets the packets pass; returns when they do.</summary>
    public void Dispose() => _table.Dispose();

    /// <summary>The rules: dropped where they arrive, since a packet that is refused where it leaves is an error to its sender.</summary>
    internal static string RulesFor(string table, IReadOnlyList<(IPEndPoint Local, IPEndPoint Remote)> connections)
    {
        var rules = new StringBuilder($"table inet {table} {{\n chain arriving {{\n  type filter hook input priority filter; policy accept;\n");
        Append(rules, "ip", connections.Where(static one => one.Local.AddressFamily == AddressFamily.InterNetwork));
        Append(rules, "ip6", connections.Where(static one => one.Local.AddressFamily == AddressFamily.InterNetworkV6));
        return rules.Append(" }\n}\n").ToString();
    }

    private static void Append(StringBuilder rules, string family, IEnumerable<(IPEndPoint Local, IPEndPoint Remote)> connections)
    {
        string elements = string.Join(", ", connections.Select(static one => $"{one.Local.Address} . {one.Local.Port} . {one.Remote.Address} . {one.Remote.Port}"));
        if (elements.Length > 0)
        {
            rules.Append($"  {family} saddr . tcp sport . {family} daddr . tcp dport {{ {elements} }} drop\n");
        }
    }
}
