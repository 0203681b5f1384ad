using System.Buffers.Binary;
using System.IO.Hashing;

namespace U2CMigration.Files.Records;

/// <summary>
/// The 16 bytes in front of each payload: checksum, payload length, type, three zeros. The checksum is XxHash3 over all that follows it, seeded with the number of the record, so that one that is
/// lost, doubled or moved does not pass.
/// </summary>
internal static class RecordFormat
{
    public const int HeaderBytes = 16;

    private const int CheckedFrom = 8;

    /// <summary>Of one record: a file's metadata with all its attributes has to fit.</summary>
    public const int MaxPayloadBytes = 1 << 20;

    /// <summary>Of contents in one record.</summary>
    public const int MaxDataBytes = 64 << 10;

    /// <summary>In front of the bytes of contents: their offset.</summary>
    public const int DataHeadBytes = 8;

    /// <summary>Of extended attributes of one entry.</summary>
    public const int MaxAttributes = 1024;

    /// <summary>Where a symbolic link leads: PATH_MAX.</summary>
    public const int MaxTargetBytes = 4096;

    /// <summary>Answers in one record.</summary>
    public const int MaxAnswers = 4096;

    /// <summary>Fills the header in.</summary>
    public static void Seal(Span<byte> record, RecordType type, ulong sequence)
    {
        BinaryPrimitives.WriteInt32LittleEndian(record[8..], record.Length - HeaderBytes);
        record[12] = (byte)type;
        record[13..HeaderBytes].Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(record, Checksum(record, sequence));
    }

    public static ulong Checksum(ReadOnlySpan<byte> record, ulong sequence) => XxHash3.HashToUInt64(record[CheckedFrom..], (long)sequence);
}
