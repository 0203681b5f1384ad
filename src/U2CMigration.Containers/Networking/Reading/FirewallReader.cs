using System.Text.RegularExpressions;
using U2CMigration.Containers.Networking.Host;
using U2CMigration.Criu.Interop;

namespace U2CMigration.Containers.Networking.Reading;

/// <summary>Reads the packet filter of a network namespace, which must never get lost on the way.</summary>
internal static partial class FirewallReader
{
    internal const string Nft = "nft";

    private static readonly string[] LegacyTables = ["ip_tables_names", "ip6_tables_names", "arp_tables_names"];

    /// <summary>Reads it.</summary>
    /// <param name="network">The namespace.</param>
    /// <param name="problems">Takes a sentence for each part that cannot be carried.</param>
    public static string Read(string network, ICollection<string> problems)
    {
        if (LegacyIn(network) is { Count: > 0 } legacy)
        {
            problems.Add($"The network namespace of the container has tables of the old iptables ({string.Join(", ", legacy)}), which do not move, and without them it would be less protected. Use nftables in it (iptables-nft), or prepare a namespace on the destination that has the same rules, and name it there.");
        }

        if (!NetworkTool.Has(Nft))
        {
            problems.Add("There is no nft on this host, by which the packet filter of the container is read. Install it (Debian: nftables).");
            return string.Empty;
        }

        string rules = WithoutLocks(NetworkTool.Run(network, Nft, string.Empty, "list", "ruleset"));
        if (rules.Length > 0 && !IsPlain(rules))
        {
            problems.Add("The packet filter in the network namespace of the container has rules that nft cannot write down again (extensions of iptables, 'xt'), and without them the container would be less protected. Write them for nftables, or prepare a namespace on the destination that has the same rules, and name it there.");
        }

        return rules;
    }

    /// <summary>The rules without the tables by which a migration keeps packets from connections while the container is frozen.</summary>
    internal static string WithoutLocks(string rules)
    {
        var kept = new List<string>();
        bool isLock = false;
        foreach (string line in rules.Split('\n'))
        {
            if (line.StartsWith("table ", StringComparison.Ordinal))
            {
                isLock = line.StartsWith("table inet u2c-", StringComparison.Ordinal) || line.StartsWith("table inet CRIU-", StringComparison.Ordinal);
            }

            if (!isLock)
            {
                kept.Add(line);
            }
        }

        return string.Join('\n', kept).Trim();
    }

    /// <summary>Whether nft reads again what it wrote, and nothing else with it.</summary>
    internal static bool IsPlain(string rules) => !NotPlain().IsMatch(rules);

    /// <summary>Whether it follows connections, of which the destination has heard nothing.</summary>
    internal static bool TracksConnections(string rules) => Tracking().IsMatch(rules);

    private static List<string> LegacyIn(string network) => Namespace.RunInNetwork(network, static () =>
    {
        var tables = new List<string>();
        foreach (string name in LegacyTables)
        {
            string file = $"/proc/thread-self/net/{name}";
            tables.AddRange(File.Exists(file) ? File.ReadAllLines(file) : []);
        }

        return tables;
    });

    [GeneratedRegex("(\\bxt (match|target)\\b|# xt_|^\\s*(include|define|redefine|undefine|add|create|insert|delete|destroy|flush|reset|import|export|monitor)\\b(?!.*\\{)|\\binclude\\s*[\"'])", RegexOptions.Multiline)]
    private static partial Regex NotPlain();

    [GeneratedRegex("\\b(ct|dnat|snat|masquerade|redirect)\\b")]
    private static partial Regex Tracking();
}
