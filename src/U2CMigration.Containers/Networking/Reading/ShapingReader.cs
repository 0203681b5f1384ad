using System.Text.Json;
using U2CMigration.Containers.Networking.Host;
using U2CMigration.Containers.Networking.Model;

namespace U2CMigration.Containers.Networking.Reading;

/// <summary>Finds what shapes or transforms the packets of a container and does not move.</summary>
internal static class ShapingReader
{
    private const string Tc = "tc";

    /// <summary>A sentence each.</summary>
    public static IEnumerable<string> FindProblems(string network, IReadOnlyList<NetworkLink> links)
    {
        HashSet<string> ends = [.. links.Select(static link => link.Host?.Name).OfType<string>()];
        string[] shaped =
        [
            .. Queues(network).Where(one => links.Any(link => link.Name == one.Device)).Select(static one => $"{one.Kind} on {one.Device} of the container"),
            .. Queues(null).Where(one => ends.Contains(one.Device)).Select(static one => $"{one.Kind} on {one.Device} of this host"),
        ];
        if (shaped.Length > 0)
        {
            yield return $"The traffic of the container is shaped or filtered by tc ({string.Join(", ", shaped)}), which does not move. Remove that, or prepare a namespace on the destination that has the same, and name it there.";
        }

        if (((string[])["state", "policy"]).Any(kind => NetworkTool.Run(network, NetworkTool.Ip, string.Empty, "xfrm", kind, "list").Trim().Length > 0))
        {
            yield return "The network namespace of the container has encryption of packets (ip xfrm), which does not move. Remove it, or prepare a namespace on the destination that has the same, and name it there.";
        }
    }

    /// <summary>The queueing disciplines that somebody has chosen; those of the kernel have no number.</summary>
    private static List<(string Device, string Kind)> Queues(string? network)
    {
        using JsonDocument all = JsonDocument.Parse(NetworkTool.Run(network, Tc, string.Empty, "-j", "qdisc", "show"));
        return
        [
            .. from one in all.RootElement.EnumerateArray()
               where one.TryGetProperty("handle", out JsonElement handle) && handle.GetString() is not "0:"
               select (one.GetProperty("dev").GetString() ?? string.Empty, one.GetProperty("kind").GetString() ?? string.Empty),
        ];
    }
}
