using U2CMigration.Containers.Networking.Model;

namespace U2CMigration.Containers.Tests.Networking;

/// <summary>Networks of containers as tests need them.</summary>
internal static class Networks
{
    public static NetworkLink Link { get; } = new()
    {
        Name = "eth0",
        Index = 2,
        Hardware = "02:00:00:00:00:3c",
        Mtu = 1500,
        QueueLength = 1000,
        IsUp = true,
        AddressGeneration = "eui64",
        Addresses = ["10.77.0.60/24 broadcast 10.77.0.255 label eth0 scope global", "fd00::60/64 scope global"],
        Host = new HostEnd { Name = "veth1", Bridge = "br0" },
    };

    public static NetworkState State { get; } = new()
    {
        Links = [new NetworkLink { Name = "lo", Index = 1, Hardware = "00:00:00:00:00:00", Mtu = 65536, QueueLength = 1000, IsUp = true, Addresses = ["127.0.0.1/8 label lo scope host"] }, Link],
        Routes = ["-4 default via 10.77.0.9 dev eth0"],
        Rules = ["-4 from 10.0.0.0/8 lookup 7 priority 100"],
        Neighbours = ["10.77.0.9 lladdr 02:00:00:00:00:09 dev eth0 nud permanent"],
        Settings = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["core/somaxconn"] = "512" },
        Firewall = "table inet guard {\n\tchain in {\n\t\ttype filter hook input priority filter; policy accept;\n\t\ttcp dport 1 drop\n\t}\n}",
    };
}
