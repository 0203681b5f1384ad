using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using U2CMigration.Transport.Frames;

namespace U2CMigration.Disturbance;

/// <summary>One connection of a source, handed on to the destination frame by frame (docs/protocol.md).</summary>
internal sealed class LinkedPair(TcpClient source, IPEndPoint destination, HoldPoint holdPoint) : IDisposable
{
    private const int GreetingBytes = 32;
    private const int HeaderBytes = 24;
    private const int LengthAt = 8;
    private const int TypeAt = 14;

    private readonly CancellationTokenSource _cut = new();
    private readonly TcpClient _onward = new() { NoDelay = true };

    /// <summary>Hands on in both directions until one end closes or the pair is cut; then both ends are closed.</summary>
    public async Task RunAsync()
    {
        try
        {
            await _onward.ConnectAsync(destination, _cut.Token);
            Task first = await Task.WhenAny(PumpAsync(source.GetStream(), _onward.GetStream()), PumpAsync(_onward.GetStream(), source.GetStream()));
            await first;
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The end of a connection is what this is here for.
        }
        finally
        {
            Cut();
        }
    }

    public void Cut()
    {
        _cut.Cancel();
        source.Dispose();
        _onward.Dispose();
    }

    public void Dispose()
    {
        Cut();
        _cut.Dispose();
    }

    private async Task PumpAsync(NetworkStream from, NetworkStream to)
    {
        byte[] frame = new byte[1 << 16];
        await from.ReadExactlyAsync(frame.AsMemory(0, GreetingBytes), _cut.Token);
        await to.WriteAsync(frame.AsMemory(0, GreetingBytes), _cut.Token);
        while (true)
        {
            await from.ReadExactlyAsync(frame.AsMemory(0, HeaderBytes), _cut.Token);
            int length = HeaderBytes + BinaryPrimitives.ReadInt32LittleEndian(frame.AsSpan(LengthAt));
            if (length > frame.Length)
            {
                Array.Resize(ref frame, length);
            }

            await from.ReadExactlyAsync(frame.AsMemory(HeaderBytes, length - HeaderBytes), _cut.Token);
            await holdPoint.CrossAsync((MessageType)frame[TypeAt], _cut.Token);
            await to.WriteAsync(frame.AsMemory(0, length), _cut.Token);
        }
    }
}
