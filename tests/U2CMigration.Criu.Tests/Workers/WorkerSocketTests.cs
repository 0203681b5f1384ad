using System.Net.Sockets;
using U2CMigration.Criu.Interop;
using U2CMigration.Criu.Protobuf.Rpc;
using U2CMigration.Criu.Workers;

namespace U2CMigration.Criu.Tests.Workers;

public sealed class WorkerSocketTests : IDisposable
{
    private readonly WorkerSocket _socket;
    private readonly Socket _peer;

    public WorkerSocketTests()
    {
        (Socket own, var peer) = SocketPair.Create(SocketPair.SequencedPacket);
        _socket = new WorkerSocket(own);
        _peer = new Socket(new SafeSocketHandle(peer.DangerousGetHandle(), ownsHandle: true));
        peer.SetHandleAsInvalid();
    }

    public void Dispose()
    {
        _socket.Dispose();
        _peer.Dispose();
    }

    [Fact]
    public async Task SendAsync_VersionRequest_IsTheRecordedPacket()
    {
        await _socket.SendAsync(new Request { Type = RequestType.Version }, default);
        byte[] packet = new byte[16];
        int size = await _peer.ReceiveAsync(packet);
        packet[..size].Should().Equal(Bytes.Hex("080a"));
    }

    [Fact]
    public async Task ReceiveAsync_VersionResponse_IsRead()
    {
        await _peer.SendAsync(Bytes.Hex("080a 1001 5204 0804 1002"));
        Response? response = await _socket.ReceiveAsync(Response.Parser, default);
        (response!.Version.MajorNumber, response.Version.MinorNumber).Should().Be((4, 2));
    }

    [Fact]
    public async Task ReceiveAsync_PacketLargerThanAnyGuess_IsReadWhole()
    {
        string text = new('x', 100_000);
        await _socket.SendAsync(new Response { Type = RequestType.Dump, Success = false, CrErrmsg = text }, default);
        using var other = new WorkerSocket(_peer);
        (await other.ReceiveAsync(Response.Parser, default))!.CrErrmsg.Should().Be(text);
    }

    [Fact]
    public async Task ReceiveAsync_TwoPackets_AreTwoMessages()
    {
        await _peer.SendAsync(Bytes.Hex("0801 1001"));
        await _peer.SendAsync(Bytes.Hex("0802 1001"));
        Response? first = await _socket.ReceiveAsync(Response.Parser, default);
        Response? second = await _socket.ReceiveAsync(Response.Parser, default);
        (first!.Type, second!.Type).Should().Be((RequestType.Dump, RequestType.Restore));
    }

    [Fact]
    public async Task ReceiveAsync_ClosedPeer_IsNull()
    {
        _peer.Dispose();
        (await _socket.ReceiveAsync(Response.Parser, default)).Should().BeNull();
    }
}
