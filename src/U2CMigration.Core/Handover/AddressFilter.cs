using System.Buffers.Binary;
using System.Net;
using U2CMigration.Core.Interop;

namespace U2CMigration.Core.Handover;

/// <summary>The packet filter of a relay: IPv4 packets to one address, and ARP messages by which a host claims it.</summary>
internal static class AddressFilter
{
    /// <summary>Where the type stands in an Ethernet frame.</summary>
    public const int EtherType = 12;

    /// <summary>Where the sender's hardware address stands in an ARP frame.</summary>
    public const int ArpSenderHardware = 22;

    public const ushort EtherTypeIPv4 = 0x0800;
    public const ushort EtherTypeArp = 0x0806;

    private const uint ArpSenderAddress = 28;
    private const uint IPv4Destination = 30;
    private const uint IPv4Start = 14;
    private const uint IPv4Protocol = 23;
    private const uint TcpFlags = 13;
    private const uint Tcp = 6;
    private const uint Syn = 2;
    private const uint SynAndAck = 0x12;
    private const ushort LoadByte = 0x30;
    private const ushort LoadByteIndexed = 0x50;
    private const ushort LoadIndexFromHeaderLength = 0xB1;
    private const ushort And = 0x54;
    private const ushort LoadHalf = 0x28;
    private const ushort LoadWord = 0x20;
    private const ushort JumpIfEqual = 0x15;
    private const ushort Return = 0x06;
    private const uint WholeFrame = 0x40000;

    /// <summary>Writes the program for attempts to connect to the address, and claims of it: TCP segments with SYN and without ACK.</summary>
    public static PacketTap.Instruction[] ForNewConnections(IPAddress address)
    {
        uint value = BinaryPrimitives.ReadUInt32BigEndian(address.GetAddressBytes());
        return
        [
            new(LoadHalf, 0, 0, EtherType),
            new(JumpIfEqual, 2, 0, EtherTypeIPv4),
            new(JumpIfEqual, 9, 0, EtherTypeArp),
            new(Return, 0, 0, 0),
            new(LoadWord, 0, 0, IPv4Destination),
            new(JumpIfEqual, 0, 9, value),
            new(LoadByte, 0, 0, IPv4Protocol),
            new(JumpIfEqual, 0, 7, Tcp),
            new(LoadIndexFromHeaderLength, 0, 0, IPv4Start),
            new(LoadByteIndexed, 0, 0, IPv4Start + TcpFlags),
            new(And, 0, 0, SynAndAck),
            new(JumpIfEqual, 2, 3, Syn),
            new(LoadWord, 0, 0, ArpSenderAddress),
            new(JumpIfEqual, 0, 1, value),
            new(Return, 0, 0, WholeFrame),
            new(Return, 0, 0, 0),
        ];
    }

    /// <summary>Writes the program (classic BPF, <c>linux/filter.h</c>).</summary>
    public static PacketTap.Instruction[] For(IPAddress address)
    {
        uint value = BinaryPrimitives.ReadUInt32BigEndian(address.GetAddressBytes());
        return
        [
            new(LoadHalf, 0, 0, EtherType),
            new(JumpIfEqual, 2, 0, EtherTypeIPv4),
            new(JumpIfEqual, 3, 0, EtherTypeArp),
            new(Return, 0, 0, 0),
            new(LoadWord, 0, 0, IPv4Destination),
            new(JumpIfEqual, 2, 3, value),
            new(LoadWord, 0, 0, ArpSenderAddress),
            new(JumpIfEqual, 0, 1, value),
            new(Return, 0, 0, WholeFrame),
            new(Return, 0, 0, 0),
        ];
    }
}
