using System.Buffers.Binary;
using System.Net;
using U2CMigration.Core.Interop;

namespace U2CMigration.Core.Inventory;

/// <summary>A TCP or UDP socket of a network namespace.</summary>
/// <param name="State">Its state, as in <c>/proc/net/tcp</c>: 1 established, 10 listening.</param>
/// <param name="Local">Its own address.</param>
/// <param name="Remote">Its peer's.</param>
/// <param name="Inode">Its inode; 0 for one that no process has (yet).</param>
internal readonly record struct InternetSocket(byte State, IPEndPoint Local, IPEndPoint Remote, ulong Inode)
{
    public const byte Established = 1;
    public const byte Listening = 10;
    private const byte TimeWait = 6;
    private const byte Closed = 7;
    private const byte HalfRequested = 12;

    /// <summary>struct inet_diag_msg.</summary>
    private const int MessageLength = 72;

    /// <summary>Whether it is connected, or half of it still is.</summary>
    public bool IsConnected => State is not (Listening or TimeWait or Closed or HalfRequested) && Remote.Port != 0;

    /// <summary>Reads an answer of sock_diag(7).</summary>
    internal static InternetSocket? Parse(ReadOnlySpan<byte> message)
    {
        if (message.Length < MessageLength)
        {
            return null;
        }

        bool isOld = message[0] == SocketDiagnostics.InternetFamily;
        return new InternetSocket(
            message[1],
            EndPoint(message[8..24], BinaryPrimitives.ReadUInt16BigEndian(message[4..]), isOld),
            EndPoint(message[24..40], BinaryPrimitives.ReadUInt16BigEndian(message[6..]), isOld),
            BinaryPrimitives.ReadUInt32LittleEndian(message[68..]));
    }

    private static IPEndPoint EndPoint(ReadOnlySpan<byte> address, int port, bool isOld)
    {
        var parsed = new IPAddress(isOld ? address[..4] : address);
        return new IPEndPoint(parsed.IsIPv4MappedToIPv6 ? parsed.MapToIPv4() : parsed, port);
    }
}
