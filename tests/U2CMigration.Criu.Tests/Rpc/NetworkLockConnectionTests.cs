using System.Net;
using System.Net.Sockets;
using U2CMigration.Criu.Rpc;

namespace U2CMigration.Criu.Tests.Rpc;

/// <summary>Which network lock is whose: told by the connections that it names.</summary>
public sealed class NetworkLockConnectionTests
{
    private const string Sets = """
        table inet CRIU-3f0c {
            set conns4 {
                type ipv4_addr . inet_service . ipv4_addr . inet_service
                elements = { 10.77.0.9 . 40000 . 10.77.0.100 . 6379, 10.77.0.100 . 6379 . 10.77.0.9 . 40000 }
            }
            set conns6 {
                elements = { fd00::9 . 1 . fd00::100 . 2 }
            }
            chain output {
                type filter hook output priority filter; policy accept;
                ip saddr . tcp sport . ip daddr . tcp dport @conns4 drop
            }
        }
        """;

    private const string Rules = "ip saddr 10.77.0.9 tcp sport 40000 ip daddr 10.77.0.100 tcp dport 6379 drop";

    [Fact]
    public void LockedIn_ElementsOfSets_AreItsConnections() => NetworkLockTables.LockedIn(Sets).Should().Equal(
        (IPEndPoint.Parse("10.77.0.9:40000"), IPEndPoint.Parse("10.77.0.100:6379")),
        (IPEndPoint.Parse("10.77.0.100:6379"), IPEndPoint.Parse("10.77.0.9:40000")),
        (IPEndPoint.Parse("[fd00::9]:1"), IPEndPoint.Parse("[fd00::100]:2")));

    [Fact]
    public void LockedIn_RuleForEach_AreItsConnections() =>
        NetworkLockTables.LockedIn(Rules).Should().Equal((IPEndPoint.Parse("10.77.0.9:40000"), IPEndPoint.Parse("10.77.0.100:6379")));

    [Theory]
    [InlineData("0100007F:1F90", "127.0.0.1:8080")]
    [InlineData("0000000000000000FFFF00000100007F:1F90", "127.0.0.1:8080")]
    [InlineData("00000000000000000000000001000000:0050", "[::1]:80")]
    public void Parse_AddressOfTheKernel_IsThatEndpoint(string text, string endpoint) => ProcessConnections.Parse(text).Should().Be(IPEndPoint.Parse(endpoint));

    [Fact]
    public async Task Of_ThisProcess_FindsItsConnectionsInBothDirections()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var client = new TcpClient(AddressFamily.InterNetwork);
        await client.ConnectAsync((IPEndPoint)listener.LocalEndpoint, TestContext.Current.CancellationToken);
        using TcpClient server = await listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        var (near, far) = ((IPEndPoint)client.Client.LocalEndPoint!, (IPEndPoint)client.Client.RemoteEndPoint!);

        IReadOnlySet<(IPEndPoint, IPEndPoint)> found = ProcessConnections.Of(Environment.ProcessId);

        found.Should().Contain((near, far)).And.Contain((far, near));
    }
}
