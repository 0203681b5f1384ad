using System.Buffers.Binary;
using System.Text;

namespace U2CMigration.Core.Inventory;

/// <summary>A unix socket.</summary>
/// <param name="Inode">Its inode.</param>
/// <param name="IsDatagram">Whether it carries datagrams; streams and packets in order are connected.</param>
/// <param name="Peer">The inode of its peer; 0 for none.</param>
/// <param name="Name">The path it is bound to, or <c>@NAME</c>; empty for none.</param>
internal readonly record struct UnixSocket(ulong Inode, bool IsDatagram, ulong Peer, string Name)
{
    private const byte Datagram = 2;
    private const int MessageLength = 16;
    private const ushort NameAttribute = 0;
    private const ushort PeerAttribute = 2;

    /// <summary>Reads an answer of sock_diag(7): struct unix_diag_msg and attributes.</summary>
    internal static UnixSocket? Parse(ReadOnlySpan<byte> message)
    {
        if (message.Length < MessageLength)
        {
            return null;
        }

        var socket = new UnixSocket(BinaryPrimitives.ReadUInt32LittleEndian(message[4..]), message[1] == Datagram, 0, string.Empty);
        ReadOnlySpan<byte> attributes = message[MessageLength..];
        while (attributes.Length >= 4 && BinaryPrimitives.ReadUInt16LittleEndian(attributes) is var length && length >= 4 && length <= attributes.Length)
        {
            ReadOnlySpan<byte> value = attributes[4..length];
            socket = BinaryPrimitives.ReadUInt16LittleEndian(attributes[2..]) switch
            {
                NameAttribute => socket with { Name = NameOf(value) },
                PeerAttribute when value.Length >= 4 => socket with { Peer = BinaryPrimitives.ReadUInt32LittleEndian(value) },
                _ => socket,
            };
            attributes = attributes[Math.Min(attributes.Length, (length + 3) & ~3)..];
        }

        return socket;
    }

    private static string NameOf(ReadOnlySpan<byte> value) => value.IsEmpty ? string.Empty
        : value[0] == 0 ? "@" + Encoding.UTF8.GetString(value[1..])
        : Encoding.UTF8.GetString(value.TrimEnd((byte)0));
}
