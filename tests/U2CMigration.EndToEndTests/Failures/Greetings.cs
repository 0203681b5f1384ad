using System.Buffers.Binary;
using System.IO.Hashing;

namespace U2CMigration.EndToEndTests.Failures;

/// <summary>The first 32 bytes of a connection, made by docs/protocol.md rather than by the code that it describes.</summary>
internal static class Greetings
{
    private static ReadOnlySpan<byte> Magic => [0x8d, (byte)'U', (byte)'2', (byte)'C', (byte)'M', (byte)'I', (byte)'\r', (byte)'\n'];

    /// <summary>A greeting as octal escapes for printf(1).</summary>
    public static string Escaped(ushort version, ushort oldest, bool isSource)
    {
        byte[] greeting = new byte[32];
        Magic.CopyTo(greeting);
        BinaryPrimitives.WriteUInt16LittleEndian(greeting.AsSpan(8), version);
        BinaryPrimitives.WriteUInt16LittleEndian(greeting.AsSpan(10), oldest);
        greeting[12] = isSource ? (byte)1 : (byte)2;
        BinaryPrimitives.WriteUInt64LittleEndian(greeting.AsSpan(24), XxHash3.HashToUInt64(greeting.AsSpan(0, 24)));
        return string.Concat(greeting.Select(static b => "\\" + Convert.ToString(b, 8).PadLeft(3, '0')));
    }
}
