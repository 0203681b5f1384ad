using System.Buffers.Binary;
using System.Text;

namespace U2CMigration.Core.Guardians;

/// <summary>The message of nftables that removes a table of the family inet (uapi/linux/netfilter/nf_tables.h, nfnetlink.h), for a guardian: no program need be started for it.</summary>
internal static class TableRemoval
{
    /// <summary>NETLINK_NETFILTER.</summary>
    public const int Protocol = 12;

    private const int Header = 16;
    private const int FamilyHeader = 4;
    private const ushort BatchBegin = 16;
    private const ushort BatchEnd = 17;
    private const ushort Nftables = 10;
    private const ushort DeleteTable = (Nftables << 8) | 2;
    private const ushort Request = 1;
    private const byte Inet = 1;
    private const ushort TableName = 1;

    /// <summary>A batch of one.</summary>
    public static byte[] Of(string table)
    {
        byte[] name = [.. Encoding.UTF8.GetBytes(table), 0];
        int attribute = (4 + name.Length + 3) & ~3;
        byte[] batch = new byte[(3 * (Header + FamilyHeader)) + attribute];
        Span<byte> rest = Write(batch, BatchBegin, 0, Nftables, 0);
        Span<byte> payload = rest[(Header + FamilyHeader)..];
        BinaryPrimitives.WriteUInt16LittleEndian(payload, (ushort)(4 + name.Length));
        BinaryPrimitives.WriteUInt16LittleEndian(payload[2..], TableName);
        name.CopyTo(payload[4..]);
        rest = Write(rest, DeleteTable, Inet, 0, attribute);
        Write(rest, BatchEnd, 0, Nftables, 0);
        return batch;
    }

    /// <summary>struct nlmsghdr in the byte order of the host, struct nfgenmsg with its number in that of the network.</summary>
    private static Span<byte> Write(Span<byte> message, ushort type, byte family, ushort subsystem, int payload)
    {
        int length = Header + FamilyHeader + payload;
        BinaryPrimitives.WriteInt32LittleEndian(message, length);
        BinaryPrimitives.WriteUInt16LittleEndian(message[4..], type);
        BinaryPrimitives.WriteUInt16LittleEndian(message[6..], Request);
        message[Header] = family;
        BinaryPrimitives.WriteUInt16BigEndian(message[(Header + 2)..], subsystem);
        return message[length..];
    }
}
