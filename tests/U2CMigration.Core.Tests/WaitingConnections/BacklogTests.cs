using System.Net;
using System.Net.Sockets;
using U2CMigration.Core.CarriedState;
using U2CMigration.Core.InnerConnections;
using U2CMigration.Core.Interop;
using U2CMigration.Core.WaitingConnections;
using U2CMigration.Testing;

namespace U2CMigration.Core.Tests.WaitingConnections;

public sealed class BacklogTests
{
    private static readonly IPEndPoint Listener = IPEndPoint.Parse("10.0.0.1:8080");
    private static readonly IPEndPoint Anywhere = IPEndPoint.Parse("0.0.0.0:8081");

    [Theory]
    [InlineData(1, 0, true)] // established
    [InlineData(8, 0, true)] // its peer has closed
    [InlineData(3, 0, true)] // in the handshake
    [InlineData(1, 99, false)] // accepted
    [InlineData(4, 0, false)] // FIN_WAIT1: accepted, and closed since
    public void Find_AConnection_WaitsWhenNobodyHasItOpen(int state, uint inode, bool waits)
    {
        TcpSocketEntry[] sockets = [Listening(Listener, 77), Connection(state, Listener, inode)];

        Backlog.Find(sockets, static one => one == 77).Should().HaveCount(waits ? 1 : 0);
    }

    [Fact]
    public void Find_ConnectionsOfOtherListeners_AreNotOurs()
    {
        TcpSocketEntry[] sockets = [Listening(Listener, 77), Listening(Anywhere, 78), Connection(1, IPEndPoint.Parse("10.0.0.1:8081"), 0)];

        Backlog.Find(sockets, static one => one == 77).Should().BeEmpty();
        Backlog.Find(sockets, static one => one == 78).Should().Equal(new CarriedConnection("10.0.0.1:8081", "10.0.0.2:4711"));
    }

    /// <summary>Needs root, as a network namespace is entered.</summary>
    [Fact]
    public void Read_AListenerOfThisProcess_FindsWhatWaitsUntilItIsAccepted()
    {
        Requires.Root();
        using var listener = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp) { DualMode = true };
        listener.Bind(new IPEndPoint(IPAddress.IPv6Any, 0));
        listener.Listen();
        int port = ((IPEndPoint)listener.LocalEndPoint!).Port;
        using var v4 = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        using var v6 = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp);
        v4.Connect(IPAddress.Loopback, port);
        v6.Connect(IPAddress.IPv6Loopback, port);

        Backlog.Read([Environment.ProcessId]).Where(one => IPEndPoint.Parse(one.Local).Port == port).Should().BeEquivalentTo(
            [new CarriedConnection($"127.0.0.1:{port}", v4.LocalEndPoint!.ToString()!), new CarriedConnection($"[::1]:{port}", v6.LocalEndPoint!.ToString()!)]);

        Backlog.Count(Environment.ProcessId, TreeSockets.Of([Environment.ProcessId])).Should().BeGreaterThanOrEqualTo(2);
        using Socket first = listener.Accept();
        using Socket second = listener.Accept();
        Backlog.Read([Environment.ProcessId]).Where(one => IPEndPoint.Parse(one.Local).Port == port).Should().BeEmpty();
    }

    private static TcpSocketEntry Listening(IPEndPoint local, uint inode) => new(10, local, IPEndPoint.Parse("0.0.0.0:0"), 0, inode);

    private static TcpSocketEntry Connection(int state, IPEndPoint local, uint inode) => new(state, local, IPEndPoint.Parse("10.0.0.2:4711"), 0, inode);
}
