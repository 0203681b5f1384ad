using System.Buffers.Binary;
using U2CMigration.Core.Interop;

namespace U2CMigration.Core.Handover;

/// <summary>Gives packets that were taken off a device to the sockets of this host, as if they had arrived now.</summary>
/// <remarks>
/// By a raw socket, which sends them to an address of this host: the kernel takes them for what they say, sender included, and no filter of the way back is asked, as they never leave it. Frames that
/// the kernel handed over unfinished get their checksum here.
/// </remarks>
internal sealed class LocalDelivery : IDisposable
{
    private const int EthernetHeader = 14;
    private const int LeastHeader = 20;
    private const byte NeedsChecksum = 1;
    private const int ChecksumStart = 6;
    private const int ChecksumOffset = 8;

    private readonly RawSocket _socket;

    private LocalDelivery(RawSocket socket) => _socket = socket;

    /// <summary>Opens the way; null where there is none.</summary>
    public static LocalDelivery? TryOpen() => RawSocket.TryOpen() is { } socket ? new LocalDelivery(socket) : null;

    /// <summary>Delivers a packet of IPv4.</summary>
    /// <param name="packet">The frame with the kernel's prefix (struct virtio_net_hdr); its checksum is completed in place.</param>
    public void Deliver(Span<byte> packet)
    {
        Span<byte> frame = packet[PacketTap.PrefixLength..];
        Complete(packet[..PacketTap.PrefixLength], frame);
        if (Datagram(frame) is { IsEmpty: false } datagram)
        {
            _socket.Send(datagram);
        }
    }

    public void Dispose() => _socket.Dispose();

    /// <summary>The packet without what a device pads it with; empty when it is none.</summary>
    internal static ReadOnlySpan<byte> Datagram(ReadOnlySpan<byte> frame)
    {
        if (frame.Length < EthernetHeader + LeastHeader || BinaryPrimitives.ReadUInt16BigEndian(frame[AddressFilter.EtherType..]) != AddressFilter.EtherTypeIPv4)
        {
            return [];
        }

        ReadOnlySpan<byte> datagram = frame[EthernetHeader..];
        int length = BinaryPrimitives.ReadUInt16BigEndian(datagram[2..]);
        return length < LeastHeader || length > datagram.Length ? [] : datagram[..length];
    }

    /// <summary>Writes the checksum that a device was to write.</summary>
    internal static void Complete(ReadOnlySpan<byte> prefix, Span<byte> frame)
    {
        int start = BinaryPrimitives.ReadUInt16LittleEndian(prefix[ChecksumStart..]);
        int field = start + BinaryPrimitives.ReadUInt16LittleEndian(prefix[ChecksumOffset..]);
        if ((prefix[0] & NeedsChecksum) == 0 || start < EthernetHeader || field + sizeof(ushort) > frame.Length || Datagram(frame) is not { IsEmpty: false } datagram)
        {
            return;
        }

        // The field holds the sum of the pseudo header; the sum of all with it, inverted, belongs there (RFC 1071).
        ushort sum = Fold(frame[start..(EthernetHeader + datagram.Length)]);
        BinaryPrimitives.WriteUInt16BigEndian(frame[field..], sum == ushort.MaxValue ? ushort.MaxValue : (ushort)~sum);
    }

    private static ushort Fold(ReadOnlySpan<byte> bytes)
    {
        ulong sum = 0;
        for (; bytes.Length >= sizeof(ushort); bytes = bytes[sizeof(ushort)..])
        {
            sum += BinaryPrimitives.ReadUInt16BigEndian(bytes);
        }

        sum += bytes.IsEmpty ? 0u : (uint)(bytes[0] << 8);
        while (sum > ushort.MaxValue)
        {
            sum = (sum & ushort.MaxValue) + (sum >> 16);
        }

        return (ushort)sum;
    }
}
