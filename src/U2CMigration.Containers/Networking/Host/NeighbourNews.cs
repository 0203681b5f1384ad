using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using U2CMigration.Containers.Networking.Model;
using U2CMigration.Core.Handover;
using U2CMigration.Core.Interop;

namespace U2CMigration.Containers.Networking.Host;

/// <summary>Tells the neighbours of a container where its addresses are, from inside its namespace, so that bridges and switches learn it.</summary>
internal static class NeighbourNews
{
    private const ushort EtherTypeIPv6 = 0x86dd;
    private const int Ethernet = 14;
    private const int Header = 40;
    private const int Advertisement = 32;
    private const byte NextIsIcmp = 58;
    private const byte NeighbourAdvertisement = 136;
    private const byte Override = 0x20;
    private const byte TargetHardware = 2;

    /// <summary>All that <paramref name="link"/> has, in the namespace of the calling thread.</summary>
    public static void Tell(NetworkLink link, int index)
    {
        var device = new NetworkDevice(link.Name, index, Hardware(link));
        Span<byte> frame = stackalloc byte[Ethernet + Header + Advertisement];
        foreach (IPAddress address in Addresses(link))
        {
            if (address.AddressFamily == AddressFamily.InterNetwork)
            {
                GratuitousArp.Announce(address, device);
            }
            else
            {
                Write(frame, device.HardwareAddress, address.GetAddressBytes());
                PacketSocket.Send(index, EtherTypeIPv6, frame);
            }
        }
    }

    /// <summary>The hardware address of a device.</summary>
    public static byte[] Hardware(NetworkLink link) => Convert.FromHexString(link.Hardware.Replace(":", string.Empty, StringComparison.Ordinal));

    /// <summary>Its addresses, without their prefixes.</summary>
    public static IEnumerable<IPAddress> Addresses(NetworkLink link) => link.Addresses.Select(static line => line.Split(' ', '/')[0]).Select(static text => IPAddress.TryParse(text, out IPAddress? address) ? address : null).OfType<IPAddress>();

    /// <summary>An unsolicited neighbour advertisement to all nodes (RFC 4861, 7.2.6).</summary>
    internal static void Write(Span<byte> frame, ReadOnlySpan<byte> hardware, ReadOnlySpan<byte> address)
    {
        frame.Clear();
        frame[0] = frame[1] = 0x33;
        frame[5] = 1;
        hardware.CopyTo(frame[6..]);
        BinaryPrimitives.WriteUInt16BigEndian(frame[12..], EtherTypeIPv6);
        Span<byte> header = frame[Ethernet..];
        header[0] = 0x60;
        BinaryPrimitives.WriteUInt16BigEndian(header[4..], Advertisement);
        header[6] = NextIsIcmp;
        header[7] = byte.MaxValue;
        address.CopyTo(header[8..]);
        header[24] = 0xff;
        header[25] = 2;
        header[39] = 1;
        Span<byte> message = header[Header..];
        message[0] = NeighbourAdvertisement;
        message[4] = Override;
        address.CopyTo(message[8..]);
        message[24] = TargetHardware;
        message[25] = 1;
        hardware.CopyTo(message[26..]);
        BinaryPrimitives.WriteUInt16BigEndian(message[2..], Checksum(header[8..Header], message));
    }

    /// <summary>That of the addresses, the length, the kind and the message (RFC 8200, 8.1).</summary>
    private static ushort Checksum(ReadOnlySpan<byte> addresses, ReadOnlySpan<byte> message)
    {
        uint sum = Advertisement + NextIsIcmp;
        for (int i = 0; i < addresses.Length; i += sizeof(ushort))
        {
            sum += BinaryPrimitives.ReadUInt16BigEndian(addresses[i..]);
        }

        for (int i = 0; i < message.Length; i += sizeof(ushort))
        {
            sum += BinaryPrimitives.ReadUInt16BigEndian(message[i..]);
        }

        sum = (sum & ushort.MaxValue) + (sum >> 16);
        return (ushort)~(sum + (sum >> 16));
    }
}
