using System.Buffers.Binary;
using System.Net;
using U2CMigration.Core.Interop;

namespace U2CMigration.Core.Handover;

/// <summary>Tells the neighbours that an address has moved to this host (RFC 5227, announcement).</summary>
internal static class GratuitousArp
{
    private const ushort EtherTypeArp = 0x0806;
    private const ushort Request = 1;
    private const ushort Reply = 2;
    private const int FrameLength = 42;

    /// <summary>Sends an announcement as request and as reply: some systems heed only one of the two.</summary>
    public static void Announce(IPAddress address, NetworkDevice device)
    {
        Span<byte> frame = stackalloc byte[FrameLength];
        foreach (ushort operation in (ReadOnlySpan<ushort>)[Request, Reply])
        {
            Write(frame, device.HardwareAddress, address.GetAddressBytes(), operation);
            PacketSocket.Send(device.Index, EtherTypeArp, frame);
        }
    }

    internal static void Write(Span<byte> frame, ReadOnlySpan<byte> hardware, ReadOnlySpan<byte> address, ushort operation)
    {
        frame.Clear();
        frame[..6].Fill(0xff);
        hardware.CopyTo(frame[6..]);
        BinaryPrimitives.WriteUInt16BigEndian(frame[12..], EtherTypeArp);
        BinaryPrimitives.WriteUInt16BigEndian(frame[14..], 1); // Ethernet
        BinaryPrimitives.WriteUInt16BigEndian(frame[16..], 0x0800); // IPv4
        frame[18] = 6;
        frame[19] = 4;
        BinaryPrimitives.WriteUInt16BigEndian(frame[20..], operation);
        hardware.CopyTo(frame[22..]);
        address.CopyTo(frame[28..]);
        if (operation == Reply)
        {
            hardware.CopyTo(frame[32..]);
        }

        address.CopyTo(frame[38..]);
    }
}
