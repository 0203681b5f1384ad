using System.Buffers;
using System.Net.Sockets;
using Google.Protobuf;

namespace U2CMigration.Criu.Workers;

/// <summary>CRIU's RPC framing: one message is one packet of a SOCK_SEQPACKET socket.</summary>
internal sealed class WorkerSocket(Socket socket) : IDisposable
{
    /// <summary>No message of CRIU comes near this; it bounds what a broken peer can make us allocate.</summary>
    private const int MaxPacketBytes = 1 << 20;

    private readonly byte[] _probe = new byte[1];

    internal async ValueTask SendAsync(IMessage message, CancellationToken cancellationToken)
    {
        await socket.SendAsync(message.ToByteArray(), SocketFlags.None, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Takes the next message; null when the peer closed its end.</summary>
    /// <exception cref="InvalidDataException">The packet is larger than any message of CRIU.</exception>
    /// <exception cref="InvalidProtocolBufferException">The packet is no such message.</exception>
    internal async ValueTask<T?> ReceiveAsync<T>(MessageParser<T> parser, CancellationToken cancellationToken)
        where T : class, IMessage<T>
    {
        // A packet that does not fit its buffer is cut silently, so its size is asked for first: with MSG_TRUNC the kernel answers the real one.
        int size = await socket.ReceiveAsync(_probe, SocketFlags.Peek | SocketFlags.Truncated, cancellationToken).ConfigureAwait(false);
        if (size == 0)
        {
            return null;
        }

        if (size > MaxPacketBytes)
        {
            throw new InvalidDataException($"CRIU sent a packet of {size} bytes; the limit is {MaxPacketBytes}.");
        }

        byte[] buffer = ArrayPool<byte>.Shared.Rent(size);
        try
        {
            int received = await socket.ReceiveAsync(buffer.AsMemory(0, size), SocketFlags.None, cancellationToken).ConfigureAwait(false);
            return parser.ParseFrom(buffer, 0, received);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public void Dispose() => socket.Dispose();
}
