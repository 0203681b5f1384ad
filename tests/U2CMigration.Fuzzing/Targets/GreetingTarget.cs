using System.Buffers.Binary;
using System.IO.Hashing;
using U2CMigration.Transport;
using U2CMigration.Transport.Connections;
using U2CMigration.Transport.Frames;

namespace U2CMigration.Fuzzing.Targets;

/// <summary>The first 32 bytes.</summary>
internal sealed class GreetingTarget : IFuzzTarget
{
    private const int SumAt = 24;

    public string Name => "greeting";

    public void Run(ReadOnlySpan<byte> input)
    {
        byte[] bytes = new byte[Greeting.Size];
        input[..Math.Min(input.Length, bytes.Length)].CopyTo(bytes);
        if (input.Length > Greeting.Size)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(SumAt), XxHash3.HashToUInt64(bytes.AsSpan(0, SumAt)));
        }

        try
        {
            var greeting = Greeting.Parse(bytes);
            (ushort version, ProtocolFeatures features) = Greeting.Own(ConnectionRole.Destination).AgreeWith(greeting);
            if (version != Greeting.CurrentVersion || (features & ~greeting.Features) != 0)
            {
                throw new InvalidOperationException("What was agreed on is not what both speak.");
            }
        }
        catch (MigrationProtocolException)
        {
            // What is documented.
        }
    }

    public IEnumerable<byte[]> Seeds()
    {
        byte[] bytes = new byte[Greeting.Size + 1];
        Greeting.Own(ConnectionRole.Source).Write(bytes);
        return [bytes, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray()];
    }
}
