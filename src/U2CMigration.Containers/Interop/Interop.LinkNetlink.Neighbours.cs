using System.Buffers.Binary;
using System.Net;
using Microsoft.Win32.SafeHandles;

namespace U2CMigration.Containers.Interop;

/// <summary>Where hardware addresses are: what bridges know, and what the kernel asks for.</summary>
internal static partial class LinkNetlink
{
    private const int NeighbourMessageLength = 12;
    private const ushort NewNeighbour = 28;
    private const ushort DeleteNeighbour = 29;
    private const ushort GetNeighbour = 30;
    private const ushort LinkLayerAddress = 2;
    private const ushort Static = 0x40;
    private const byte OfMaster = 4;
    private const ushort Dump = 0x300;
    private const ushort Incomplete = 1;
    private const ushort Destination = 1;
    private const int NotThere = 2;
    private const ushort Replace = 0x100;
    private const ushort Create = 0x400;

    /// <summary>Has a bridge send what is for a hardware address to another port, until the address is heard elsewhere.</summary>
    public static void SendTo(int portIndex, ReadOnlySpan<byte> hardwareAddress) => Check(Neighbour(NewNeighbour, Create | Replace, portIndex, hardwareAddress), "direct packets to", portIndex);

    /// <summary>Has a bridge forget where a hardware address is, until it is heard again.</summary>
    public static void ForgetWhere(int portIndex, ReadOnlySpan<byte> hardwareAddress)
    {
        int error = Neighbour(DeleteNeighbour, 0, portIndex, hardwareAddress);
        Check(error == NotThere ? 0 : error, "forget the addresses behind", portIndex);
    }

    /// <summary>The addresses whose hardware address the kernel has asked for, and not heard yet.</summary>
    /// <param name="index">The device.</param>
    public static IReadOnlyList<IPAddress> Asked(int index)
    {
        Span<byte> message = stackalloc byte[HeaderLength + NeighbourMessageLength];
        message.Clear();
        WriteHeader(message, GetNeighbour, Dump);
        BinaryPrimitives.WriteUInt16LittleEndian(message[6..], Request | Dump);
        var asked = new List<IPAddress>();
        using SafeFileHandle socket = Ask(message);
        Span<byte> answer = stackalloc byte[AnswerLength];
        while (true)
        {
            int length = Hear(socket, answer);
            for (Span<byte> rest = answer[..Math.Max(length, 0)]; rest.Length >= HeaderLength;)
            {
                int size = BinaryPrimitives.ReadInt32LittleEndian(rest);
                if (size < HeaderLength || size > rest.Length || BinaryPrimitives.ReadUInt16LittleEndian(rest[4..]) != NewNeighbour)
                {
                    return asked;
                }

                Take(rest[HeaderLength..size], index, asked);
                rest = rest[Math.Min((size + 3) & ~3, rest.Length)..];
            }

            if (length <= 0)
            {
                return asked;
            }
        }
    }

    /// <summary>struct ndmsg and its attributes.</summary>
    private static void Take(ReadOnlySpan<byte> entry, int index, List<IPAddress> asked)
    {
        if (entry.Length < NeighbourMessageLength || BinaryPrimitives.ReadInt32LittleEndian(entry[4..]) != index || BinaryPrimitives.ReadUInt16LittleEndian(entry[8..]) != Incomplete)
        {
            return;
        }

        for (ReadOnlySpan<byte> rest = entry[NeighbourMessageLength..]; rest.Length >= 4;)
        {
            int size = BinaryPrimitives.ReadUInt16LittleEndian(rest);
            if (size < 4 || size > rest.Length)
            {
                return;
            }

            if (BinaryPrimitives.ReadUInt16LittleEndian(rest[2..]) == Destination && size - 4 is 4 or 16)
            {
                asked.Add(new IPAddress(rest[4..size]));
            }

            rest = rest[Math.Min((size + 3) & ~3, rest.Length)..];
        }
    }

    private static int Neighbour(ushort type, ushort flags, int portIndex, ReadOnlySpan<byte> hardwareAddress)
    {
        Span<byte> message = stackalloc byte[HeaderLength + NeighbourMessageLength + 4 + 8];
        message.Clear();
        WriteHeader(message, type, flags);
        message[HeaderLength] = FamilyBridge;
        BinaryPrimitives.WriteInt32LittleEndian(message[(HeaderLength + 4)..], portIndex);
        BinaryPrimitives.WriteUInt16LittleEndian(message[(HeaderLength + 8)..], Static);
        message[HeaderLength + 10] = OfMaster;
        Span<byte> attribute = message[(HeaderLength + NeighbourMessageLength)..];
        BinaryPrimitives.WriteUInt16LittleEndian(attribute, 4 + 6);
        BinaryPrimitives.WriteUInt16LittleEndian(attribute[2..], LinkLayerAddress);
        hardwareAddress.CopyTo(attribute[4..]);
        return Exchange(message);
    }
}
