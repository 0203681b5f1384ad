using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace U2CMigration.Core.WaitingConnections;

/// <summary>
/// Tells the peers of connections that do not exist any more. A peer that waits for an answer sends nothing, and so would never hear of it; an empty segment that fits nowhere makes it
/// acknowledge what it has (RFC 9293, 3.10.7.4), and the kernel of this host answers that with a reset which the peer believes, as it has the right numbers.
/// </summary>
/// <remarks>The segments bear the workload's address, which this host must have by then. Needs CAP_NET_RAW.</remarks>
internal static class Nudge
{
    private const int Ip4HeaderBytes = 20;
    private const int Ip6HeaderBytes = 40;
    private const int TcpHeaderBytes = 20;
    private const byte Tcp = 6;
    private const byte Acknowledge = 0x10;
    private const int ChecksumInTcp = 16;
    private const int HeaderIncluded6 = 36; // IPV6_HDRINCL

    /// <summary>Sends a segment to each peer.</summary>
    /// <returns>Those that could not be sent to.</returns>
    public static IReadOnlyList<CarriedConnection> Send(IReadOnlyList<CarriedConnection> connections)
    {
        var failed = new List<CarriedConnection>();
        foreach (IGrouping<AddressFamily, CarriedConnection> family in connections.GroupBy(static one => IPEndPoint.Parse(one.Local).AddressFamily))
        {
            try
            {
                using var socket = new Socket(family.Key, SocketType.Raw, ProtocolType.Raw);
                SetHeaderIncluded(socket);
                foreach (CarriedConnection connection in family)
                {
                    Send(socket, connection, failed);
                }
            }
            catch (SocketException)
            {
                failed.AddRange(family);
            }
        }

        return failed;
    }

    /// <summary>Writes a segment with its IP header.</summary>
    internal static byte[] Segment(IPEndPoint local, IPEndPoint remote)
    {
        bool isV6 = local.AddressFamily == AddressFamily.InterNetworkV6;
        int headerBytes = isV6 ? Ip6HeaderBytes : Ip4HeaderBytes;
        byte[] packet = new byte[headerBytes + TcpHeaderBytes];
        Span<byte> header = packet.AsSpan(0, headerBytes);
        Span<byte> segment = packet.AsSpan(headerBytes);
        if (isV6)
        {
            header[0] = 0x60;
            BinaryPrimitives.WriteUInt16BigEndian(header[4..], TcpHeaderBytes);
            (header[6], header[7]) = (Tcp, 64);
            local.Address.TryWriteBytes(header[8..], out _);
            remote.Address.TryWriteBytes(header[24..], out _);
        }
        else
        {
            header[0] = 0x45;
            BinaryPrimitives.WriteUInt16BigEndian(header[2..], (ushort)packet.Length);
            (header[8], header[9]) = (64, Tcp);
            local.Address.TryWriteBytes(header[12..], out _);
            remote.Address.TryWriteBytes(header[16..], out _);
            BinaryPrimitives.WriteUInt16BigEndian(header[10..], Checksum(header, 0));
        }

        BinaryPrimitives.WriteUInt16BigEndian(segment, (ushort)local.Port);
        BinaryPrimitives.WriteUInt16BigEndian(segment[2..], (ushort)remote.Port);
        segment[12] = (TcpHeaderBytes / 4) << 4;
        segment[13] = Acknowledge;
        Span<byte> addresses = isV6 ? header[8..40] : header[12..20];
        BinaryPrimitives.WriteUInt16BigEndian(segment[ChecksumInTcp..], Checksum(segment, Sum(addresses) + Tcp + TcpHeaderBytes));
        return packet;
    }

    private static void Send(Socket socket, CarriedConnection connection, List<CarriedConnection> failed)
    {
        IPEndPoint remote = IPEndPoint.Parse(connection.Remote);
        try
        {
            // A raw socket of IPv6 takes the protocol for the port.
            socket.SendTo(Segment(IPEndPoint.Parse(connection.Local), remote), new IPEndPoint(remote.Address, 0));
        }
        catch (SocketException)
        {
            failed.Add(connection);
        }
    }

    private static void SetHeaderIncluded(Socket socket)
    {
        if (socket.AddressFamily == AddressFamily.InterNetworkV6)
        {
            socket.SetRawSocketOption((int)SocketOptionLevel.IPv6, HeaderIncluded6, BitConverter.GetBytes(1));
        }
        else
        {
            socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.HeaderIncluded, true);
        }
    }

    private static uint Sum(ReadOnlySpan<byte> bytes)
    {
        uint sum = 0;
        for (int i = 0; i < bytes.Length; i += 2)
        {
            sum += BinaryPrimitives.ReadUInt16BigEndian(bytes[i..]);
        }

        return sum;
    }

    /// <summary>The complement of the sum in ones' complement, RFC 1071.</summary>
    private static ushort Checksum(ReadOnlySpan<byte> bytes, uint start)
    {
        uint sum = start + Sum(bytes);
        while (sum >> 16 != 0)
        {
            sum = (sum & 0xFFFF) + (sum >> 16);
        }

        return (ushort)~sum;
    }
}
