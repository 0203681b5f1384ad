using U2CMigration.Containers.Networking.Model;

namespace U2CMigration.Containers.Networking.Reading;

/// <summary>Reads what is in a network namespace.</summary>
internal static class NetworkReader
{
    /// <summary>Reads it. Takes some ten milliseconds, so it is nothing for the downtime.</summary>
    /// <param name="network">The namespace, by a path.</param>
    /// <param name="problems">Takes a sentence for all that cannot be made again.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static NetworkState Read(string network, ICollection<string> problems)
    {
        IReadOnlyList<NetworkLink> links = LinkReader.Read(network, problems);
        foreach (string problem in ShapingReader.FindProblems(network, links))
        {
            problems.Add(problem);
        }

        return new NetworkState
        {
            Links = links,
            Routes = RouteReader.Routes(network, problems),
            Rules = RouteReader.Rules(network, problems),
            Neighbours = RouteReader.Neighbours(network),
            Settings = SettingReader.Read(network),
            Firewall = FirewallReader.Read(network, problems),
        };
    }
}
