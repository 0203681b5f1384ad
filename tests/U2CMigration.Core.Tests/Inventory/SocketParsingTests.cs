using System.Buffers.Binary;
using System.Net;
using System.Text;
using U2CMigration.Core.Interop;
using U2CMigration.Core.Inventory;

namespace U2CMigration.Core.Tests.Inventory;

public sealed class SocketParsingTests
{
    [Fact]
    public void Parse_InternetSocket_ReadsAddressesStateAndInode()
    {
        InternetSocket socket = InternetSocket.Parse(Internet(2, 1, "10.0.0.7", 80, "10.0.0.8", 4711, 99))!.Value;

        socket.Should().Be(new InternetSocket(1, IPEndPoint.Parse("10.0.0.7:80"), IPEndPoint.Parse("10.0.0.8:4711"), 99));
        socket.IsConnected.Should().BeTrue();
    }

    [Fact]
    public void Parse_Version4InVersion6_IsTheAddressItself() =>
        InternetSocket.Parse(Internet(10, 10, "::ffff:127.0.0.1", 80, "::", 0, 1))!.Value.Local.Should().Be(IPEndPoint.Parse("127.0.0.1:80"));

    [Theory]
    [InlineData(1, 5, true)]
    [InlineData(8, 5, true)]
    [InlineData(10, 0, false)]
    [InlineData(6, 5, false)]
    [InlineData(7, 0, false)]
    public void IsConnected_ByState(byte state, int remotePort, bool expected) =>
        new InternetSocket(state, IPEndPoint.Parse("127.0.0.1:1"), new IPEndPoint(IPAddress.Loopback, remotePort), 1).IsConnected.Should().Be(expected);

    /// <summary>An error has a number behind its head; found by fuzzing.</summary>
    [Fact]
    public void Parse_ErrorWithoutANumber_IsPassedOver()
    {
        byte[] message = new byte[16];
        (message[0], message[4]) = (16, 2);
        var found = new List<TcpSocketEntry>();

        SocketDiagnosis.Parse(message, found).Should().BeTrue();

        found.Should().BeEmpty();
    }

    [Fact]
    public void Parse_UnixSocket_ReadsNameAndPeer()
    {
        byte[] message = new byte[16 + 12 + 8];
        message[0] = SocketDiagnostics.UnixFamily;
        message[1] = 2;
        BinaryPrimitives.WriteUInt32LittleEndian(message.AsSpan(4), 42);
        Attribute(message.AsSpan(16), 0, "/a/b\0"u8);
        Attribute(message.AsSpan(28), 2, [7, 0, 0, 0]);

        UnixSocket.Parse(message).Should().Be(new UnixSocket(42, true, 7, "/a/b"));
    }

    [Fact]
    public void Parse_AbstractName_BeginsWithAnAt()
    {
        byte[] message = new byte[16 + 8];
        message[1] = 1;
        Attribute(message.AsSpan(16), 0, "\0abc"u8);

        UnixSocket.Parse(message).Should().Be(new UnixSocket(0, false, 0, "@abc"));
    }

    [Fact]
    public void Parse_Garbage_IsNoSocketOrHasNoMoreThanThereIs()
    {
        var random = new Random(5);
        for (int round = 0; round < 2000; round++)
        {
            byte[] bytes = new byte[random.Next(100)];
            random.NextBytes(bytes);

            (UnixSocket.Parse(bytes) is null).Should().Be(bytes.Length < 16);
            (InternetSocket.Parse(bytes) is null).Should().Be(bytes.Length < 72);
            SocketDiagnostics.Take(bytes, static _ => { });
        }
    }

    [Fact]
    public void Take_SeveralMessagesAndTheEnd_TakesEach()
    {
        byte[] datagram = new byte[20 + 16];
        BinaryPrimitives.WriteInt32LittleEndian(datagram, 18);
        BinaryPrimitives.WriteUInt16LittleEndian(datagram.AsSpan(4), 20);
        datagram[16] = 5;
        BinaryPrimitives.WriteInt32LittleEndian(datagram.AsSpan(20), 16);
        BinaryPrimitives.WriteUInt16LittleEndian(datagram.AsSpan(24), 3);
        var taken = new List<byte[]>();

        SocketDiagnostics.Take(datagram, message => taken.Add(message.ToArray())).Should().BeFalse("the last message says that it is");

        taken.Should().ContainSingle().Which.Should().Equal(5, 0);
    }

    internal static byte[] Internet(byte family, byte state, string local, int localPort, string remote, int remotePort, uint inode)
    {
        byte[] message = new byte[72];
        message[0] = family;
        message[1] = state;
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(4), (ushort)localPort);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(6), (ushort)remotePort);
        IPAddress.Parse(local).GetAddressBytes().CopyTo(message, 8);
        IPAddress.Parse(remote).GetAddressBytes().CopyTo(message, 24);
        BinaryPrimitives.WriteUInt32LittleEndian(message.AsSpan(68), inode);
        return message;
    }

    private static void Attribute(Span<byte> at, ushort type, ReadOnlySpan<byte> value)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(at, (ushort)(4 + value.Length));
        BinaryPrimitives.WriteUInt16LittleEndian(at[2..], type);
        value.CopyTo(at[4..]);
    }
}
