using System.ComponentModel;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;
using U2CMigration.Core.Guardians;
using U2CMigration.Core.Logging;

namespace U2CMigration.Core.ConnectionLocks;

/// <summary>
/// Keeps the packets of a frozen tree's connections away from its sockets, in both directions, as CRIU does: from before the dump until the tree runs again or is gone. What the kernel acknowledged
/// in that time would be in no image, and a segment for a socket that was ended would be answered with a reset. TCP sends again what was dropped.
/// </summary>
/// <remarks>
/// CRIU's own lock stays, with the workload unreachable, when CRIU is killed, as it is by its first breakpoint after this process. And CRIU asks the nftables library once for each connection, through a
/// descriptor above those of the sockets it holds, and the library waits for it with select(2), which takes none from 1024 on: CRIU 4.2 is aborted. Here it is one table and two rules for each network
/// namespace of the tree, and a guardian removes it.
/// </remarks>
internal sealed class ConnectionLock : IDisposable
{
    private readonly IReadOnlyList<FirewallTable> _tables;

    private ConnectionLock(IReadOnlyList<FirewallTable> tables) => _tables = tables;

    /// <summary>Whether the program is there that it needs.</summary>
    public static bool IsPossible()
    {
        try
        {
            return ProgramPath.Find(FirewallTable.Program).Length > 0;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Locks the connections that a tree has; to be called when it is stopped.</summary>
    /// <param name="processIds">The tree.</param>
    /// <param name="migrationId">Names the tables.</param>
    /// <param name="logger">Told why it cannot be done.</param>
    /// <returns>Null where it cannot; CRIU has to do it then.</returns>
    public static ConnectionLock? TryInstall(IReadOnlyCollection<int> processIds, Guid migrationId, ILogger logger)
    {
        string table = $"u2c-frozen-{migrationId:N}";
        var tables = new List<FirewallTable>();
        try
        {
            foreach (TreeConnections one in TreeConnections.Read(processIds))
            {
                tables.Add(Criu.Interop.Namespace.RunInNetwork(one.Namespace, () => FirewallTable.Install([], table, RulesFor(table, one.Connections))));
            }

            return new ConnectionLock(tables);
        }
        catch (Exception e) when (e is IOException or Win32Exception)
        {
            tables.ForEach(static installed => installed.Dispose());
            logger.ConnectionsNotLocked(e);
            return null;
        }
    }

    /// <summary>From the commit on it stays also when this process is killed: the destination may have the connections.</summary>
    public void Keep()
    {
        foreach (FirewallTable table in _tables)
        {
            table.Keep();
        }
    }

    /// <summary>Lets the packets pass; returns when they do.</summary>
    public void Dispose()
    {
        foreach (FirewallTable table in _tables)
        {
            table.Dispose();
        }
    }

    /// <summary>The rules: one set of connections as their packets arrive, one as they leave.</summary>
    internal static string RulesFor(string table, IReadOnlyList<(IPEndPoint Local, IPEndPoint Remote)> connections)
    {
        var rules = new StringBuilder($"table inet {table} {{\n");
        AppendChain(rules, "input", [.. connections.Select(static one => (one.Remote, one.Local))]);
        AppendChain(rules, "output", connections);
        return rules.Append("}\n").ToString();
    }

    private static void AppendChain(StringBuilder rules, string hook, IReadOnlyList<(IPEndPoint From, IPEndPoint To)> packets)
    {
        rules.Append($" chain {hook} {{\n  type filter hook {hook} priority filter; policy accept;\n");
        Append(rules, "ip", packets.Where(static one => one.From.AddressFamily == AddressFamily.InterNetwork));
        Append(rules, "ip6", packets.Where(static one => one.From.AddressFamily == AddressFamily.InterNetworkV6));
        rules.Append(" }\n");
    }

    private static void Append(StringBuilder rules, string family, IEnumerable<(IPEndPoint From, IPEndPoint To)> packets)
    {
        string elements = string.Join(", ", packets.Select(static one => $"{one.From.Address} . {one.From.Port} . {one.To.Address} . {one.To.Port}"));
        if (elements.Length > 0)
        {
            rules.Append($"  {family} saddr . tcp sport . {family} daddr . tcp dport {{ {elements} }} drop\n");
        }
    }
}
