using System.Buffers.Binary;
using System.Text;

namespace U2CMigration.Prediction.Networks;

/// <summary>Reads the parts of a weight file; each read is checked against the bytes that are left.</summary>
internal ref struct WeightReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    public byte Byte() => Take(1)[0];

    public int UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(2));

    public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Take(4));

    public string Text() => Encoding.UTF8.GetString(Take(UInt16()));

    public float[] Values(string name, ReadOnlySpan<int> shape)
    {
        long count = 1;
        foreach (int length in shape)
        {
            if (length <= 0 || (count *= length) > WeightFile.MostBytes)
            {
                throw new WeightFormatException($"The weights '{name}' have an axis of {length}, which no weight file can hold.");
            }
        }

        ReadOnlySpan<byte> bytes = Take((int)count * sizeof(float));
        float[] values = new float[count];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = BinaryPrimitives.ReadSingleLittleEndian(bytes[(i * sizeof(float))..]);
            if (!float.IsFinite(values[i]))
            {
                throw new WeightFormatException($"The weights '{name}' hold a value that is not a finite number.");
            }
        }

        return values;
    }

    public readonly void End()
    {
        if (!_rest.IsEmpty)
        {
            throw new WeightFormatException($"The weight file has {_rest.Length} bytes too many.");
        }
    }

    private ReadOnlySpan<byte> Take(int length)
    {
        if (length > _rest.Length)
        {
            throw new WeightFormatException($"The weight file ends early: {length} bytes are announced, {_rest.Length} are left.");
        }

        ReadOnlySpan<byte> taken = _rest[..length];
        _rest = _rest[length..];
        return taken;
    }
}
