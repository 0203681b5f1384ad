using System.Buffers.Binary;
using System.IO.Hashing;

namespace U2CMigration.Transport.Frames;

/// <summary>The 24 bytes in front of each payload: checksum, payload length, head length, type, flags, sequence.</summary>
/// <param name="Checksum">XxHash3 over header bytes 8 to 23 and the checked part of the payload.</param>
/// <param name="PayloadBytes">The length of the payload.</param>
/// <param name="HeadBytes">For pages, the length of the part in front of the page data; else 0.</param>
/// <param name="Type">The kind of the frame.</param>
/// <param name="Flags">Zero in this version.</param>
/// <param name="Sequence">Counts the frames of one direction from 0.</param>
internal readonly record struct FrameHeader(ulong Checksum, int PayloadBytes, int HeadBytes, MessageType Type, byte Flags, ulong Sequence)
{
    public const int Size = 24;

    private const int CheckedFrom = 8;

    /// <summary>
    /// The payload bytes under the frame's checksum. Page data is left out: each page has a checksum of its own, and hashing it twice would cost
    /// as much as copying it.
    /// </summary>
    public int CheckedBytes => Type == MessageType.Pages ? HeadBytes : PayloadBytes;

    public static FrameHeader Parse(ReadOnlySpan<byte> header)
    {
        uint payloadBytes = BinaryPrimitives.ReadUInt32LittleEndian(header[8..]);
        var type = (MessageType)header[14];
        if (payloadBytes > ProtocolLimits.MaxPayloadBytes)
        {
            throw new MigrationProtocolException($"a payload of at most {ProtocolLimits.MaxPayloadBytes} bytes", $"{payloadBytes} bytes");
        }

        int headBytes = BinaryPrimitives.ReadUInt16LittleEndian(header[12..]);
        if (headBytes > payloadBytes || (headBytes != 0) != (type == MessageType.Pages))
        {
            throw new MigrationProtocolException("a head length that fits the frame", $"{headBytes} of {payloadBytes} bytes in {type}");
        }

        if (header[15] != 0)
        {
            throw new MigrationProtocolException("frame flags 0", $"0x{header[15]:x2}");
        }

        return new FrameHeader(
            BinaryPrimitives.ReadUInt64LittleEndian(header), (int)payloadBytes, headBytes, type, 0, BinaryPrimitives.ReadUInt64LittleEndian(header[16..]));
    }

    /// <summary>Writes the header of a frame whose checked part already lies behind it.</summary>
    /// <param name="frame">The header and the checked part.</param>
    /// <param name="payloadBytes">The length of the whole payload.</param>
    /// <param name="type">The kind of the frame.</param>
    /// <param name="sequence">The number of the frame.</param>
    public static void Seal(Span<byte> frame, int payloadBytes, MessageType type, ulong sequence)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(frame[8..], (uint)payloadBytes);
        BinaryPrimitives.WriteUInt16LittleEndian(frame[12..], type == MessageType.Pages ? checked((ushort)(frame.Length - Size)) : (ushort)0);
        frame[14] = (byte)type;
        frame[15] = 0;
        BinaryPrimitives.WriteUInt64LittleEndian(frame[16..], sequence);
        BinaryPrimitives.WriteUInt64LittleEndian(frame, XxHash3.HashToUInt64(frame[CheckedFrom..]));
    }

    /// <summary>Compares the checksum with the bytes received.</summary>
    /// <param name="frame">The header and the checked part.</param>
    public bool Matches(ReadOnlySpan<byte> frame) => XxHash3.HashToUInt64(frame[CheckedFrom..]) == Checksum;
}
