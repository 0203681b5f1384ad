using U2CMigration.Containers.Networking.Host;
using U2CMigration.Containers.Networking.Model;

namespace U2CMigration.Containers.Tests.Networking;

/// <summary>What a source says of a network is given to ip and nft by root: it must be what they write, and nothing else.</summary>
public sealed class NetworkBuilderTests
{
    private static readonly Dictionary<string, Func<NetworkState, NetworkState>> Attacks = new()
    {
        ["a line more"] = static state => state with { Routes = ["-4 default via 10.0.0.1\nlink delete dev eth0"] },
        ["another family"] = static state => state with { Routes = ["-b default"] },
        ["a program of bpf"] = static state => state with { Routes = ["-4 10.0.0.0/8 encap bpf in obj /tmp/x.o dev eth0"] },
        ["a rule with a line more"] = static state => state with { Rules = ["-4 from all lookup 7 priority 3\n"] },
        ["a neighbour with a quote"] = static state => state with { Neighbours = ["10.0.0.1 lladdr \"x\" dev eth0"] },
        ["a file"] = static state => state with { Settings = new Dictionary<string, string> { ["../../../etc/passwd"] = "x" } },
        ["a file from the root"] = static state => state with { Settings = new Dictionary<string, string> { ["/kernel/core_pattern"] = "x" } },
        ["a file that is included"] = static state => state with { Firewall = "include \"/etc/shadow\"" },
        ["a file that is included later"] = static state => state with { Firewall = "table inet x {\n}\ninclude \"/etc/shadow\"" },
        ["a device with a line more"] = static state => state with { Links = [Networks.Link with { Name = "eth0\nlink" }] },
        ["a device that is an option"] = static state => state with { Links = [Networks.Link with { Name = "-force" }] },
        ["a bridge with a space"] = static state => state with { Links = [Networks.Link with { Host = new HostEnd { Name = "veth1", Bridge = "br0 netns 1" } }] },
        ["no hardware address"] = static state => state with { Links = [Networks.Link with { Hardware = "x" }] },
        ["an address with a semicolon"] = static state => state with { Links = [Networks.Link with { Addresses = ["10.0.0.1/24; x"] }] },
        ["a device without another end"] = static state => state with { Links = [Networks.Link with { Host = null }] },
        ["no number"] = static state => state with { Links = [Networks.Link with { Index = -1 }] },
    };

    public static TheoryData<string> Names => [.. Attacks.Keys];

    [Fact]
    public void Problem_WhatWasRead_IsNone() => NetworkBuilder.Problem(Networks.State).Should().BeNull();

    [Theory]
    [MemberData(nameof(Names))]
    public void Problem_SomethingElse_IsRefused(string attack) => NetworkBuilder.Problem(Attacks[attack](Networks.State)).Should().Contain("Look after the source");
}
