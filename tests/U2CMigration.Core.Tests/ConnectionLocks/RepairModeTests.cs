using System.Net;
using System.Net.Sockets;
using U2CMigration.Core.ConnectionLocks;
using U2CMigration.Testing;

namespace U2CMigration.Core.Tests.ConnectionLocks;

public sealed class RepairModeTests
{
    private const int Tcp = 6;
    private const int Repair = 19;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task End_SocketLeftInRepairMode_SpeaksAgain()
    {
        Requires.Root();
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        using TcpClient caller = new();
        await caller.ConnectAsync((IPEndPoint)listener.LocalEndpoint, Cancellation);
        using TcpClient called = await listener.AcceptTcpClientAsync(Cancellation);
        called.Client.SetRawSocketOption(Tcp, Repair, [1, 0, 0, 0]);
        byte[] mode = new byte[4];
        called.Client.GetRawSocketOption(Tcp, Repair, mode);
        mode[0].Should().Be(1);

        RepairMode.End([Environment.ProcessId]).Should().Be(1);

        called.Client.GetRawSocketOption(Tcp, Repair, mode);
        mode[0].Should().Be(0);
        byte[] said = new byte[1];
        await called.GetStream().WriteAsync(said, Cancellation);
        await caller.GetStream().ReadExactlyAsync(said, Cancellation);
    }
}
