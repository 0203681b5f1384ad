using System.Text.Json;
using U2CMigration.Containers.Networking.Model;

namespace U2CMigration.Containers.Networking.Host;

/// <summary>The network devices of this host, as they were when they were read.</summary>
internal sealed class HostLinks
{
    private const string Bridge = "bridge";

    private readonly Dictionary<string, JsonElement> _links;

    private HostLinks(Dictionary<string, JsonElement> links) => _links = links;

    /// <summary>Reads them.</summary>
    public static HostLinks Read()
    {
        using JsonDocument all = JsonDocument.Parse(NetworkTool.Run(null, NetworkTool.Ip, string.Empty, "-j", "-d", "address", "show"));
        return new HostLinks(all.RootElement.EnumerateArray().ToDictionary(static link => link.GetProperty("ifname").GetString()!, static link => link.Clone(), StringComparer.Ordinal));
    }

    public IEnumerable<string> Bridges => _links.Keys.Where(IsBridge).Order(StringComparer.Ordinal);

    public bool Has(string name) => _links.ContainsKey(name);

    public bool IsBridge(string name) => Kind(name) == Bridge;

    /// <summary>The number of a device.</summary>
    /// <exception cref="IOException">There is none of that name.</exception>
    public int Index(string name) => _links.TryGetValue(name, out JsonElement link) ? link.GetProperty("ifindex").GetInt32() : throw new IOException($"There is no network device {name} on this host any more.");

    /// <summary>The hardware address of a device.</summary>
    public byte[] Hardware(string name) => Convert.FromHexString(_links[name].GetProperty("address").GetString()!.Replace(":", string.Empty, StringComparison.Ordinal));

    /// <summary>Whether a device is on.</summary>
    public bool IsUp(string name) => _links.TryGetValue(name, out JsonElement link) && link.GetProperty("flags").EnumerateArray().Any(static flag => flag.GetString() == "UP");

    /// <summary>Whether a bridge keeps a new port closed for a while, to find loops: clients would wait for that time.</summary>
    public bool HasSpanningTree(string bridge) => Data(bridge) is { ValueKind: JsonValueKind.Object } data && data.TryGetProperty("stp_state", out JsonElement state) && state.GetInt32() != 0;

    /// <summary>Whether a bridge keeps networks apart whose numbers its ports have to know.</summary>
    public bool HasNetworks(string bridge) => Data(bridge) is { ValueKind: JsonValueKind.Object } data && data.TryGetProperty("vlan_filtering", out JsonElement filtering) && filtering.GetInt32() != 0;

    /// <summary>The device that has a hardware address; null for none.</summary>
    public string? HolderOf(string hardware) => _links.Where(link => link.Value.TryGetProperty("address", out JsonElement own) && own.GetString() == hardware).Select(static link => link.Key).FirstOrDefault();

    /// <summary>The other end of a device, on this host; null where it has none here.</summary>
    public string? OtherEnd(NetworkLink link, int index) => _links
        .Where(one => Kind(one.Key) == "veth" && one.Value.GetProperty("ifindex").GetInt32() == index && one.Value.TryGetProperty("link_index", out JsonElement peer) && peer.GetInt32() == link.Index)
        .Select(static one => one.Key).FirstOrDefault();

    private string Kind(string name) => _links.TryGetValue(name, out JsonElement link) && link.TryGetProperty("linkinfo", out JsonElement info) && info.TryGetProperty("info_kind", out JsonElement kind) ? kind.GetString() ?? string.Empty : string.Empty;

    private JsonElement Data(string name) => _links[name].GetProperty("linkinfo").TryGetProperty("info_data", out JsonElement data) ? data : default;
}
