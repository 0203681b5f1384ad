using System.Buffers.Binary;
using System.Net.Sockets;

namespace U2CMigration.Transport.Connections;

/// <summary>What the kernel counts of the sending direction of a TCP connection.</summary>
/// <param name="AcknowledgedBytes">Bytes that the peer's kernel has.</param>
/// <param name="BusyMicroseconds">The time in which anything was sent and not acknowledged.</param>
/// <param name="WindowLimitedMicroseconds">The part of it in which the peer had no room: its program did not read.</param>
/// <param name="HasUnsent">Whether bytes wait here to be sent, so that it is not us who hold the link up.</param>
/// <remarks>struct tcp_info of linux/tcp.h, Linux 4.10; see tcp(7), TCP_INFO.</remarks>
internal readonly record struct TcpCounters(long AcknowledgedBytes, long BusyMicroseconds, long WindowLimitedMicroseconds, bool HasUnsent)
{
    private const int TcpInfo = 11;
    private const int BytesAckedOffset = 120;
    private const int NotSentBytesOffset = 144;
    private const int BusyTimeOffset = 168;
    private const int WindowLimitedOffset = 176;
    private const int Size = 184;

    /// <summary>Reads them; false where the kernel does not tell, or the socket is closed.</summary>
    public static bool TryRead(Socket socket, out TcpCounters counters)
    {
        Span<byte> info = stackalloc byte[Size];
        try
        {
            if (socket.GetRawSocketOption((int)SocketOptionLevel.Tcp, TcpInfo, info) == Size)
            {
                counters = new TcpCounters(At(info, BytesAckedOffset), At(info, BusyTimeOffset), At(info, WindowLimitedOffset), BinaryPrimitives.ReadUInt32LittleEndian(info[NotSentBytesOffset..]) > 0);
                return true;
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // What is wrong with the connection is said by who writes to it.
        }

        counters = default;
        return false;
    }

    private static long At(ReadOnlySpan<byte> info, int offset) => (long)BinaryPrimitives.ReadUInt64LittleEndian(info[offset..]);
}
