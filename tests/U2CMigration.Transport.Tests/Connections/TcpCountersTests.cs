using System.Net;
using System.Net.Sockets;
using U2CMigration.Transport.Connections;

namespace U2CMigration.Transport.Tests.Connections;

public sealed class TcpCountersTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task TryRead_PeerThatReads_CountsItsBytesAndNothingWaits()
    {
        (Socket sender, Socket receiver) = await PairAsync();
        using (sender)
        using (receiver)
        {
            await sender.SendAsync(new byte[5000], Cancellation);
            await receiver.ReceiveAsync(new byte[5000], Cancellation);

            // The handshake counts as one.
            TcpCounters counters = await UntilAsync(sender, static counters => counters.AcknowledgedBytes >= 5000);
            counters.AcknowledgedBytes.Should().BeInRange(5000, 5001);
            counters.HasUnsent.Should().BeFalse();
            counters.WindowLimitedMicroseconds.Should().Be(0);
        }
    }

    [Fact]
    public async Task TryRead_PeerThatDoesNotRead_IsWhatIsWaitedFor()
    {
        (Socket sender, Socket receiver) = await PairAsync();
        using (sender)
        using (receiver)
        {
            sender.Blocking = false;
            byte[] bytes = new byte[1 << 20];
            SocketError error;
            do
            {
                sender.Send(bytes, SocketFlags.None, out error);
            }
            while (error == SocketError.Success);

            TcpCounters counters = await UntilAsync(sender, static counters => counters.HasUnsent && counters.WindowLimitedMicroseconds > 10_000);
            counters.BusyMicroseconds.Should().BeGreaterThanOrEqualTo(counters.WindowLimitedMicroseconds);
        }
    }

    [Fact]
    public async Task TryRead_ClosedSocket_IsNothing()
    {
        (Socket sender, Socket receiver) = await PairAsync();
        receiver.Dispose();
        sender.Dispose();

        TcpCounters.TryRead(sender, out _).Should().BeFalse();
    }

    private static async Task<TcpCounters> UntilAsync(Socket socket, Func<TcpCounters, bool> isReached)
    {
        while (true)
        {
            TcpCounters.TryRead(socket, out TcpCounters counters).Should().BeTrue();
            if (isReached(counters))
            {
                return counters;
            }

            await Task.Delay(10, Cancellation);
        }
    }

    private static async Task<(Socket Sender, Socket Receiver)> PairAsync()
    {
        using var listener = new Socket(SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        var sender = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await sender.ConnectAsync(listener.LocalEndPoint!, Cancellation);
        return (sender, await listener.AcceptAsync(Cancellation));
    }
}
