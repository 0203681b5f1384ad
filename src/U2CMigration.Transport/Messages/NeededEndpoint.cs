using System.Net;
using System.Net.Sockets;
using U2CMigration.Transport.Frames;

namespace U2CMigration.Transport.Messages;

/// <summary>An address that the destination must have, and a port that must be free there.</summary>
/// <param name="Use">What for.</param>
/// <param name="EndPoint">IPv4 or IPv6, without a scope.</param>
public readonly record struct NeededEndpoint(EndpointUse Use, IPEndPoint EndPoint)
{
    internal const int LeastBytes = 8;

    private const int MaxAddressBytes = 16;

    internal void Write(PayloadWriter writer)
    {
        Span<byte> address = stackalloc byte[MaxAddressBytes];
        EndPoint.Address.TryWriteBytes(address, out int length);
        writer.WriteByte((byte)Use);
        writer.WriteByte((byte)length);
        for (int i = 0; i < length; i++)
        {
            writer.WriteByte(address[i]);
        }

        writer.WriteUInt16((ushort)EndPoint.Port);
    }

    internal static NeededEndpoint Read(ref PayloadReader reader)
    {
        var use = (EndpointUse)reader.ReadByte();
        if (!Enum.IsDefined(use))
        {
            throw reader.Refuse("a known use of an address", $"{(byte)use}");
        }

        int length = reader.ReadByte();
        if (length is not (4 or MaxAddressBytes))
        {
            throw reader.Refuse("an address of 4 or 16 bytes", $"{length}");
        }

        Span<byte> address = stackalloc byte[length];
        for (int i = 0; i < length; i++)
        {
            address[i] = reader.ReadByte();
        }

        return new NeededEndpoint(use, new IPEndPoint(new IPAddress(address), reader.ReadUInt16()));
    }

    /// <summary>Whether it is an IPv6 one.</summary>
    public bool IsVersion6 => EndPoint.AddressFamily == AddressFamily.InterNetworkV6;
}
