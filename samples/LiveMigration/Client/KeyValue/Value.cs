using System.Buffers.Binary;

namespace LiveMigration.Client.KeyValue;

/// <summary>The content of a key: its number, the number of the write, and noise that follows from both, so that every byte can be checked and none compresses.</summary>
public static class Value
{
    /// <summary>Bytes per value.</summary>
    public const int Length = 500;

    private const int Header = 12;

    /// <summary>Fills <paramref name="value"/> with what write number <paramref name="sequence"/> puts under <paramref name="key"/>; sequence 0 is the initial filling.</summary>
    public static void Write(Span<byte> value, int key, uint sequence)
    {
        BinaryPrimitives.WriteInt32LittleEndian(value, key);
        BinaryPrimitives.WriteUInt32LittleEndian(value[4..], sequence);
        BinaryPrimitives.WriteUInt32LittleEndian(value[8..], ~sequence);
        ulong state = (((ulong)(uint)key << 32) | sequence) + 0x9E3779B97F4A7C15;
        Span<byte> rest = value[Header..];
        while (rest.Length >= sizeof(ulong))
        {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            BinaryPrimitives.WriteUInt64LittleEndian(rest, state * 0x2545F4914F6CDD1D);
            rest = rest[sizeof(ulong)..];
        }
    }

    /// <summary>Reads which write a stored value comes from; false when it is not a whole value of this key.</summary>
    public static bool TryRead(ReadOnlySpan<byte> value, int key, out uint sequence)
    {
        sequence = 0;
        if (value.Length != Length)
        {
            return false;
        }

        sequence = BinaryPrimitives.ReadUInt32LittleEndian(value[4..]);
        Span<byte> expected = stackalloc byte[Length];
        Write(expected, key, sequence);
        return value.SequenceEqual(expected);
    }
}
