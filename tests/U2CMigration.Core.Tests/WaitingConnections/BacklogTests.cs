using System.Net;
using System.Net.Sockets;
using U2CMigration.Core.CarriedState;
using U2CMigration.Core.WaitingConnections;

namespace U2CMigration.Core.Tests.WaitingConnections;

public sealed class BacklogTests
{
    private const string Tail = " 00:00000000 00000000     0        0 ";

    [Fact]
    public void Parse_ConnectionsWithoutAFile_OfOurListenersOnly()
    {
        string[] lines =
        [
            "   0: 0100000A:1F90 00000000:0000 0A 00000000:00000002" + Tail + "77 1 0 100 0 0 10 0",
            "   1: 00000000:1F91 00000000:0000 0A 00000000:00000000" + Tail + "78 1 0 100 0 0 10 0",
            "   2: 0100000A:1F90 0200000A:C001 01 00000000:00000007" + Tail + "0 1 0 20 4 30 10 -1", // waits
            "   3: 0100000A:1F90 0200000A:C002 08 00000000:00000007" + Tail + "0 1 0 20 4 30 10 -1", // waits, its peer has closed
            "   4: 0100000A:1F90 0200000A:C003 03 00000000:00000000" + Tail + "0 1 0 20 4 30 10 -1", // handshake
            "   5: 0100000A:1F90 0200000A:C004 01 00000000:00000000" + Tail + "99 1 0 20 4 30 10 -1", // accepted
            "   6: 0100000A:1F90 0200000A:C005 06 00000000:00000000" + Tail + "0 3 0", // TIME_WAIT
            "   7: 0100000A:1F91 0200000A:C006 01 00000000:00000000" + Tail + "0 1 0 20 4 30 10 -1", // of another listener
        ];

        Backlog.Parse(lines, static inode => inode == 77).Should().Equal(
            new CarriedConnection("10.0.0.1:8080", "10.0.0.2:49153"), new CarriedConnection("10.0.0.1:8080", "10.0.0.2:49154"), new CarriedConnection("10.0.0.1:8080", "10.0.0.2:49155"));
    }

    [Fact]
    public void Read_AListenerOfThisProcess_FindsWhatWaitsUntilItIsAccepted()
    {
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

        using Socket first = listener.Accept();
        using Socket second = listener.Accept();
        Backlog.Read([Environment.ProcessId]).Where(one => IPEndPoint.Parse(one.Local).Port == port).Should().BeEmpty();
    }

    [Theory]
    [InlineData("   0: 0100000A:1F90 00000000:0000 0A 00000000:00000002" + Tail + "77 1", true)]
    [InlineData("   0: 0100000A:1F90 00000000:0000 0A 00000000:00000000" + Tail + "77 1", false)]
    [InlineData("   0: 0100000A:1F90 00000000:0000 0A 00000000:00000002" + Tail + "78 1", null)]
    [InlineData("   0: 0100000A:1F90 0200000A:C001 01 00000000:00000007" + Tail + "77 1", null)]
    public void Waits_OfALine_AsksListenersOfTheTreeOnly(string line, bool? expected) => QuietMoment.Waits(line, static inode => inode == 77).Should().Be(expected);
}
