using System.Globalization;
using System.Text.Json;
using U2CMigration.Containers.Networking.Host;
using U2CMigration.Containers.Networking.Model;

namespace U2CMigration.Containers.Networking.Reading;

/// <summary>Reads the devices of a network namespace and their other ends on this host.</summary>
internal static class LinkReader
{
    private const string Veth = "veth";

    /// <summary>Devices that the kernel puts into every new namespace once a tunnel was used on the host: no one's, as long as they are down.</summary>
    private static readonly HashSet<string> Fallbacks = ["tunl0", "gre0", "gretap0", "erspan0", "ip_vti0", "ip6_vti0", "sit0", "ip6tnl0", "ip6gre0"];

    /// <summary>Reads them.</summary>
    /// <param name="network">The namespace.</param>
    /// <param name="problems">Takes a sentence for each that cannot be made again.</param>
    public static IReadOnlyList<NetworkLink> Read(string network, ICollection<string> problems)
    {
        using JsonDocument inside = JsonDocument.Parse(NetworkTool.Run(network, NetworkTool.Ip, string.Empty, "-j", "-d", "link", "show"));
        using JsonDocument addresses = JsonDocument.Parse(NetworkTool.Run(network, NetworkTool.Ip, string.Empty, "-j", "address", "show"));
        using JsonDocument outside = JsonDocument.Parse(NetworkTool.Run(null, NetworkTool.Ip, string.Empty, "-j", "-d", "link", "show"));
        JsonElement[] ends = [.. outside.RootElement.EnumerateArray().Where(static link => Kind(link) == Veth)];
        var links = new List<NetworkLink>();
        foreach (JsonElement link in inside.RootElement.EnumerateArray().Where(static link => !IsFallback(link)))
        {
            string name = Text(link, "ifname");
            HostEnd? host = null;
            if (name != NetworkLink.Loopback)
            {
                if (Kind(link) != Veth)
                {
                    problems.Add($"The container has the network device {name} of the kind '{(Kind(link) is { Length: > 0 } kind ? kind : "hardware of this host")}', which cannot be made again on another host; veth pairs into a bridge can. Give it one, or prepare a namespace on the destination that has all it needs, and name it there.");
                    continue;
                }

                JsonElement end = ends.FirstOrDefault(end => Number(end, "ifindex") == Number(link, "link_index") && Number(end, "link_index") == Number(link, "ifindex"));
                host = end.ValueKind == JsonValueKind.Undefined ? null : HostEndOf(end);
                if (host is null)
                {
                    problems.Add($"The other end of the container's network device {name} is not in a bridge of this host{(end.ValueKind == JsonValueKind.Undefined ? string.Empty : $" ({Text(end, "ifname")} is in none)")}. Only what hangs on a bridge can be unplugged here and plugged in on the destination: put it into one that reaches the network of both hosts.");
                    continue;
                }
            }

            links.Add(Of(link, addresses.RootElement.EnumerateArray().FirstOrDefault(one => Text(one, "ifname") == name), name, host));
        }

        return links;
    }

    /// <summary>A line of <c>ip address add</c>.</summary>
    internal static string AddressLine(JsonElement address)
    {
        string peer = Text(address, "address");
        string local = Text(address, "local");
        string prefix = Number(address, "prefixlen").ToString(CultureInfo.InvariantCulture);
        string[] words =
        [
            peer.Length > 0 ? $"{local} peer {peer}/{prefix}" : $"{local}/{prefix}",
            .. Word(address, "broadcast", "broadcast"),
            .. Word(address, "label", "label"),
            .. Word(address, "scope", "scope"),
            .. ((string[])["home", "mngtmpaddr", "noprefixroute", "autojoin"]).Where(flag => Flag(address, flag)),
        ];
        return string.Join(' ', words);
    }

    private static NetworkLink Of(JsonElement link, JsonElement addresses, string name, HostEnd? host) => new()
    {
        Name = name,
        Index = Number(link, "ifindex"),
        Hardware = Text(link, "address"),
        Mtu = Number(link, "mtu"),
        QueueLength = Number(link, "txqlen"),
        IsUp = Strings(link, "flags").Contains("UP"),
        AddressGeneration = Text(link, "inet6_addr_gen_mode"),
        Addresses = [.. Elements(addresses, "addr_info").Where(static one => !Flag(one, "temporary")).Select(AddressLine).Order(StringComparer.Ordinal)],
        Host = host,
    };

    private static HostEnd? HostEndOf(JsonElement end)
    {
        JsonElement port = Element(Element(end, "linkinfo"), "info_slave_data");
        return Text(Element(end, "linkinfo"), "info_slave_kind") == "bridge"
            ? new HostEnd { Name = Text(end, "ifname"), Bridge = Text(end, "master"), IsIsolated = Flag(port, "isolated"), IsHairpin = Flag(port, "hairpin") }
            : null;
    }

    private static bool IsFallback(JsonElement link) => Fallbacks.Contains(Text(link, "ifname")) && !Strings(link, "flags").Contains("UP");

    private static string Kind(JsonElement link) => Text(Element(link, "linkinfo"), "info_kind");

    private static string[] Word(JsonElement element, string name, string word) => Text(element, name) is { Length: > 0 } text ? [word, text] : [];

    private static JsonElement Element(JsonElement element, string name) => element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement value) ? value : default;

    private static JsonElement.ArrayEnumerator Elements(JsonElement element, string name) => Element(element, name) is { ValueKind: JsonValueKind.Array } array ? array.EnumerateArray() : default;

    private static IEnumerable<string> Strings(JsonElement element, string name) => Elements(element, name).Select(static one => one.GetString() ?? string.Empty);

    private static string Text(JsonElement element, string name) => Element(element, name) is { ValueKind: JsonValueKind.String } text ? text.GetString()! : string.Empty;

    private static int Number(JsonElement element, string name) => Element(element, name) is { ValueKind: JsonValueKind.Number } number && number.TryGetInt32(out int value) ? value : 0;

    private static bool Flag(JsonElement element, string name) => Element(element, name).ValueKind == JsonValueKind.True;
}
