namespace U2CMigration.Containers.Networking.Model;

/// <summary>A network device in the namespace of a container.</summary>
internal sealed record NetworkLink
{
    /// <summary>The device that is in every namespace.</summary>
    public const string Loopback = "lo";

    public required string Name { get; init; }

    /// <summary>Its number, which programs may have asked for.</summary>
    public int Index { get; init; }

    /// <summary>Its hardware address.</summary>
    public string Hardware { get; init; } = string.Empty;

    public int Mtu { get; init; }

    public int QueueLength { get; init; }

    public bool IsUp { get; init; }

    /// <summary>How it makes IPv6 addresses for itself; empty where it has no IPv6.</summary>
    public string AddressGeneration { get; init; } = string.Empty;

    /// <summary>Its addresses, each as <c>ip address add</c> takes it.</summary>
    public IReadOnlyList<string> Addresses { get; init; } = [];

    /// <summary>Its other end on the host; null where it has none.</summary>
    public HostEnd? Host { get; init; }

    internal bool IsLoopback => Name == Loopback;
}
