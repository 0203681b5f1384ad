using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using U2CMigration.Containers.Interop;
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
    private const byte NeighbourSolicitation = 135;
    private const byte NeighbourAdvertisement = 136;
    private const byte Override = 0x20;
    private const byte SourceHardware = 1;
    private const byte TargetHardware = 2;
    private const ushort EtherTypeArp = 0x0806;
    private const ushort ArpRequest = 1;
    private const int ArpFrame = 42;
    private const int ArpTarget = 38;

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

    /// <summary>
    /// Asks again for the neighbours that sockets have asked for while the cable was unplugged, in the namespace of the calling thread. The kernel does so after a second only, and keeps what is for
    /// them until then.
    /// </summary>
    public static void AskAgain(NetworkLink link, int index)
    {
        byte[] hardware = Hardware(link);
        Span<byte> frame = stackalloc byte[Ethernet + Header + Advertisement];
        foreach (IPAddress target in LinkNetlink.Asked(index))
        {
            if (Addresses(link).FirstOrDefault(own => own.AddressFamily == target.AddressFamily) is not { } own)
            {
                continue;
            }

            byte[] wanted = target.GetAddressBytes();
            if (target.AddressFamily == AddressFamily.InterNetwork)
            {
                GratuitousArp.Write(frame[..ArpFrame], hardware, own.GetAddressBytes(), ArpRequest);
                wanted.CopyTo(frame[ArpTarget..]);
                PacketSocket.Send(index, EtherTypeArp, frame[..ArpFrame]);
            }
            else
            {
                WriteSolicitation(frame, hardware, own.GetAddressBytes(), wanted);
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
        Span<byte> allNodes = stackalloc byte[16];
        allNodes.Clear();
        (allNodes[0], allNodes[1], allNodes[15]) = (0xff, 2, 1);
        Write(frame, hardware, address, allNodes, NeighbourAdvertisement, address);
        frame[Ethernet + Header + 4] = Override;
        frame[Ethernet + Header + 24] = TargetHardware;
        Complete(frame);
    }

    /// <summary>A neighbour solicitation (RFC 4861, 4.3), to the group of those whose address ends like that.</summary>
    internal static void WriteSolicitation(Span<byte> frame, ReadOnlySpan<byte> hardware, ReadOnlySpan<byte> own, ReadOnlySpan<byte> target)
    {
        Span<byte> group = stackalloc byte[16];
        group.Clear();
        (group[0], group[1], group[11], group[12]) = (0xff, 2, 1, 0xff);
        target[13..].CopyTo(group[13..]);
        Write(frame, hardware, own, group, NeighbourSolicitation, target);
        frame[Ethernet + Header + 24] = SourceHardware;
        Complete(frame);
    }

    private static void Write(Span<byte> frame, ReadOnlySpan<byte> hardware, ReadOnlySpan<byte> source, ReadOnlySpan<byte> group, byte kind, ReadOnlySpan<byte> target)
    {
        frame.Clear();
        frame[0] = frame[1] = 0x33;
        group[12..].CopyTo(frame[2..]);
        hardware.CopyTo(frame[6..]);
        BinaryPrimitives.WriteUInt16BigEndian(frame[12..], EtherTypeIPv6);
        Span<byte> header = frame[Ethernet..];
        header[0] = 0x60;
        BinaryPrimitives.WriteUInt16BigEndian(header[4..], Advertisement);
        header[6] = NextIsIcmp;
        header[7] = byte.MaxValue;
        source.CopyTo(header[8..]);
        group.CopyTo(header[24..]);
        Span<byte> message = header[Header..];
        message[0] = kind;
        target.CopyTo(message[8..]);
        message[25] = 1;
        hardware.CopyTo(message[26..]);
    }

    private static void Complete(Span<byte> frame)
    {
        Span<byte> header = frame[Ethernet..];
        Span<byte> message = header[Header..];
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
