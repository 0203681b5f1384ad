using System.Text.Json;
using U2CMigration.Containers.Networking.Host;
using U2CMigration.Containers.Networking.Model;

namespace U2CMigration.Containers.Networking.Reading;

/// <summary>Reads how a network namespace routes.</summary>
internal static class RouteReader
{
    private static readonly string[] Families = ["-4", "-6"];

    /// <summary>Its routes.</summary>
    public static IReadOnlyList<string> Routes(string network, ICollection<string> problems) =>
        Read(network, problems, static family => [family, "route", "show", "table", "all"], RouteText.OfRoute, "route");

    /// <summary>Its rules.</summary>
    public static IReadOnlyList<string> Rules(string network, ICollection<string> problems) =>
        Read(network, problems, static family => [family, "rule", "show"], RouteText.OfRule, "rule of routing");

    /// <summary>Its permanent neighbours.</summary>
    public static IReadOnlyList<string> Neighbours(string network)
    {
        using JsonDocument all = JsonDocument.Parse(NetworkTool.Run(network, NetworkTool.Ip, string.Empty, "-j", "neighbour", "show", "nud", "permanent"));
        return
        [
            .. from one in all.RootElement.EnumerateArray()
               where one.TryGetProperty("dst", out _) && one.TryGetProperty("lladdr", out _) && one.TryGetProperty("dev", out _)
               let line = $"{one.GetProperty("dst").GetString()} lladdr {one.GetProperty("lladdr").GetString()} dev {one.GetProperty("dev").GetString()} nud permanent"
               orderby line
               select line,
        ];
    }

    private static IReadOnlyList<string> Read(string network, ICollection<string> problems, Func<string, string[]> command, Func<string, string?> parse, string what)
    {
        var lines = new List<string>();
        foreach (string family in Families)
        {
            foreach (string line in NetworkTool.Run(network, NetworkTool.Ip, string.Empty, command(family)).Split('\n').Select(parse).OfType<string>())
            {
                if (RouteText.IsPlain(line))
                {
                    lines.Add($"{family} {line}");
                }
                else
                {
                    problems.Add($"The container has the {what} '{line}', which cannot be made again on another host. Remove it, or prepare a namespace on the destination that has all the container needs, and name it there.");
                }
            }
        }

        return [.. lines.Order(StringComparer.Ordinal)];
    }
}
