using U2CMigration.Containers.Networking.Model;

namespace U2CMigration.Containers.Tests.Networking;

public sealed class RouteTextTests
{
    [Theory]
    [InlineData("default via 10.77.0.9 dev eth0 ", "default via 10.77.0.9 dev eth0")]
    [InlineData("10.77.0.0/24 dev eth0 proto kernel scope link src 10.77.0.50 linkdown", null)]
    [InlineData("10.5.0.0/16 via 10.77.0.1 dev eth0 metric 100 linkdown", "10.5.0.0/16 via 10.77.0.1 dev eth0 metric 100")]
    [InlineData("default via fe80::1 dev eth0 proto ra metric 1024 expires 1755sec pref medium", "default via fe80::1 dev eth0 proto ra metric 1024 pref medium")]
    [InlineData("unreachable default dev lo metric 4294967295 error -101 pref medium", "unreachable default dev lo metric 4294967295 pref medium")]
    [InlineData("", null)]
    public void OfRoute_Line_IsWhatIpTakes(string line, string? route) => RouteText.OfRoute(line).Should().Be(route);

    [Theory]
    [InlineData("0:\tfrom all lookup local", null)]
    [InlineData("32766:\tfrom all lookup main", null)]
    [InlineData("32767:\tfrom all lookup default", null)]
    [InlineData("100:\tfrom 10.0.0.0/8 lookup 7", "from 10.0.0.0/8 lookup 7 priority 100")]
    [InlineData("5:\tfrom all lookup main", "from all lookup main priority 5")]
    public void OfRule_Line_IsWhatIpTakes(string line, string? rule) => RouteText.OfRule(line).Should().Be(rule);
}
