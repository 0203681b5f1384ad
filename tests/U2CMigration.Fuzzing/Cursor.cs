using System.Buffers.Binary;

namespace U2CMigration.Fuzzing;

/// <summary>Takes an input apart. At its end there are zeros.</summary>
internal ref struct Cursor(ReadOnlySpan<byte> input)
{
    private ReadOnlySpan<byte> _rest = input;

    public readonly bool IsAtEnd => _rest.IsEmpty;

    public byte Byte()
    {
        ReadOnlySpan<byte> one = Take(1);
        return one.IsEmpty ? (byte)0 : one[0];
    }

    public ushort Number()
    {
        Span<byte> two = stackalloc byte[2];
        two.Clear();
        Take(2).CopyTo(two);
        return BinaryPrimitives.ReadUInt16LittleEndian(two);
    }

    /// <summary>A piece with its length in front.</summary>
    public ReadOnlySpan<byte> Piece() => Take(Number());

    public ReadOnlySpan<byte> Rest() => Take(_rest.Length);

    /// <summary>Writes what <see cref="Piece"/> reads.</summary>
    public static byte[] PieceOf(ReadOnlySpan<byte> bytes) => [(byte)bytes.Length, (byte)(bytes.Length >> 8), .. bytes];

    private ReadOnlySpan<byte> Take(int bytes)
    {
        ReadOnlySpan<byte> taken = _rest[..Math.Min(bytes, _rest.Length)];
        _rest = _rest[taken.Length..];
        return taken;
    }
}
