using U2CMigration.Containers.Networking.Model;

namespace U2CMigration.Containers.Tests.Networking;

public sealed class NetworkComparisonTests
{
    private static readonly Dictionary<string, (Func<NetworkState, NetworkState> Change, string Says)> Changes = new()
    {
        ["address"] = (static state => state with { Links = [state.Links[0], Networks.Link with { Addresses = ["10.77.0.60/24 broadcast 10.77.0.255 label eth0 scope global"] }] }, "'eth0 fd00::60/64 scope global' is missing"),
        ["hardware address"] = (static state => state with { Links = [state.Links[0], Networks.Link with { Hardware = "02:00:00:00:00:3d" }] }, "02:00:00:00:00:3d"),
        ["off"] = (static state => state with { Links = [state.Links[0], Networks.Link with { IsUp = false }] }, "down"),
        ["route"] = (static state => state with { Routes = [] }, "routes: '-4 default via 10.77.0.9 dev eth0' is missing"),
        ["rule"] = (static state => state with { Rules = [] }, "rules"),
        ["neighbour"] = (static state => state with { Neighbours = ["10.77.0.8 lladdr 02:00:00:00:00:09 dev eth0 nud permanent"] }, "neighbours"),
        ["setting"] = (static state => state with { Settings = new Dictionary<string, string>() }, "'core/somaxconn = 512' is missing"),
        ["packet filter"] = (static state => state with { Firewall = state.Firewall.Replace("tcp dport 1 drop", string.Empty, StringComparison.Ordinal) }, "'tcp dport 1 drop' is missing"),
    };

    public static TheoryData<string> Names => [.. Changes.Keys];

    [Fact]
    public void Differences_TheSame_AreNone() => NetworkComparison.Differences(Networks.State, Networks.State with { }).Should().BeEmpty();

    [Theory]
    [MemberData(nameof(Names))]
    public void Differences_SomethingChanged_IsNamed(string what) =>
        NetworkComparison.Differences(Networks.State, Changes[what].Change(Networks.State)).Should().ContainSingle().Which.Should().Contain(Changes[what].Says);

    [Fact]
    public void Differences_CountersWentOn_AreNone()
    {
        NetworkState counted = Networks.State with { Firewall = "table inet guard {\n counter packets 6 bytes 341\n}" };

        NetworkComparison.Differences(counted, counted with { Firewall = counted.Firewall.Replace("6 bytes 341", "7 bytes 400", StringComparison.Ordinal) }).Should().BeEmpty();
    }

    [Fact]
    public void Differences_AnotherNumberOfTheDevice_CountsOnlyWhereItWasMadeHere()
    {
        NetworkState other = Networks.State with { Links = [Networks.State.Links[0], Networks.Link with { Index = 9 }] };

        NetworkComparison.Differences(Networks.State, other).Should().ContainSingle();
        NetworkComparison.Differences(Networks.State, other, isMade: false).Should().BeEmpty();
    }
}
