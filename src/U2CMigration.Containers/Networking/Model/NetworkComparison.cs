namespace U2CMigration.Containers.Networking.Model;

/// <summary>Compares two network namespaces: that of the source with what was made of it here, or as it was with as it is.</summary>
internal static class NetworkComparison
{
    private const int Named = 3;

    /// <summary>What differs, for people; empty where nothing does.</summary>
    /// <param name="wanted">How it is to be.</param>
    /// <param name="found">How it is.</param>
    /// <param name="isMade">Whether it was made by this program: then also what hardly matters is the same, the numbers of devices for example.</param>
    public static IReadOnlyList<string> Differences(NetworkState wanted, NetworkState found, bool isMade = true)
    {
        var differences = new List<string>();
        Add(differences, "devices and addresses", wanted.Links.SelectMany(link => Lines(link, isMade)), found.Links.SelectMany(link => Lines(link, isMade)));
        Add(differences, "routes", wanted.Routes, found.Routes);
        Add(differences, "rules of routing", wanted.Rules, found.Rules);
        Add(differences, "neighbours", wanted.Neighbours, found.Neighbours);
        Add(differences, "settings", wanted.Settings.Select(Line), found.Settings.Select(Line));
        Add(differences, "packet filter", Filter(wanted.Firewall), Filter(found.Firewall));
        return differences;
    }

    private static void Add(List<string> differences, string what, IEnumerable<string> wanted, IEnumerable<string> found)
    {
        string[] here = [.. found];
        string[] there = [.. wanted];
        string[] all = [.. there.Except(here).Select(static line => $"'{line}' is missing"), .. here.Except(there).Select(static line => $"'{line}' is too much")];
        if (all.Length > 0)
        {
            differences.Add($"{what}: {string.Join(", ", all.Take(Named))}{(all.Length > Named ? ", ..." : string.Empty)}");
        }
    }

    private static IEnumerable<string> Lines(NetworkLink link, bool isMade) =>
    [
        $"{link.Name} {link.Hardware} mtu {link.Mtu} {(link.IsUp ? "up" : "down")}",
        .. isMade ? (string[])[$"{link.Name} number {link.Index} queue {link.QueueLength} {link.AddressGeneration}".TrimEnd()] : [],
        .. link.Addresses.Select(address => $"{link.Name} {address}"),
    ];

    private static string Line(KeyValuePair<string, string> setting) => $"{setting.Key} = {setting.Value}";

    /// <summary>Counters and what a set forgets by itself continue counting.</summary>
    private static IEnumerable<string> Filter(string rules) =>
        System.Text.RegularExpressions.Regex.Replace(rules, "packets [0-9]+ bytes [0-9]+|expires [0-9a-z]+", string.Empty).Split('\n').Select(static line => line.Trim()).Where(static line => line.Length > 0 && line[0] != '#');
}
