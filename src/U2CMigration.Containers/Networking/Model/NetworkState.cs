namespace U2CMigration.Containers.Networking.Model;

/// <summary>What is in the network namespace of a container: all that makes it reachable and protects it, but for its sockets.</summary>
internal sealed record NetworkState
{
    /// <summary>Its devices.</summary>
    public IReadOnlyList<NetworkLink> Links { get; init; } = [];

    /// <summary>Its routes but for those that the kernel makes from addresses, each as <c>ip route add</c> takes it, with <c>-4</c> or <c>-6</c> before it.</summary>
    public IReadOnlyList<string> Routes { get; init; } = [];

    /// <summary>Its rules of routing but for those that are in every namespace, in the same way.</summary>
    public IReadOnlyList<string> Rules { get; init; } = [];

    /// <summary>Its permanent neighbours, as <c>ip neighbour add</c> takes them.</summary>
    public IReadOnlyList<string> Neighbours { get; init; } = [];

    /// <summary>Settings below <c>/proc/sys/net</c> that a new namespace has otherwise.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new SortedDictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Its packet filter, as nft reads it; empty for none.</summary>
    public string Firewall { get; init; } = string.Empty;

    /// <summary>The cables: devices with another end on the host.</summary>
    internal IEnumerable<NetworkLink> Cables => Links.Where(static link => link.Host is not null);
}
