using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using System.Text.Json;

namespace U2CMigration.Prediction.Traces;

/// <summary>Reads traces in the format of docs/traces.md. Safe on files of unknown origin: everything is checked, and the size is bounded.</summary>
public static class TraceReader
{
    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="TraceFormatException">It is not a whole trace of a known version.</exception>
    /// <exception cref="IOException">It can not be read.</exception>
    public static PageTrace Read(string path)
    {
        using FileStream file = File.OpenRead(path);
        return Read(file);
    }

    /// <summary>Reads a stream up to its end.</summary>
    /// <param name="input">Where from.</param>
    /// <exception cref="TraceFormatException">It is not one whole trace of a known version.</exception>
    public static PageTrace Read(Stream input)
    {
        ArgumentNullException.ThrowIfNull(input);
        byte[] prefix = Take(input, TraceFormat.PrefixBytes);
        Lengths lengths = ReadPrefix(prefix);
        byte[] header = Take(input, lengths.Header);
        byte[] compressed = Take(input, lengths.Compressed);
        byte[] sum = Take(input, TraceFormat.ChecksumBytes);
        if (input.ReadByte() >= 0)
        {
            throw new TraceFormatException("Something follows behind the end of the trace.");
        }

        var checksum = new XxHash3();
        checksum.Append(prefix);
        checksum.Append(header);
        checksum.Append(compressed);
        if (checksum.GetCurrentHashAsUInt64() != BinaryPrimitives.ReadUInt64LittleEndian(sum))
        {
            throw new TraceFormatException("The checksum is wrong: the trace is damaged.");
        }

        return new PageTrace(ReadHeader(header), new BodyReader(Decompress(compressed, lengths.Body)).Read());
    }

    /// <summary>Reads only what a file is of. Its checksum is not looked at.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="TraceFormatException">It does not begin like a trace of a known version.</exception>
    /// <exception cref="IOException">It can not be read.</exception>
    public static TraceHeader ReadHeader(string path)
    {
        using FileStream file = File.OpenRead(path);
        return ReadHeader(Take(file, ReadPrefix(Take(file, TraceFormat.PrefixBytes)).Header));
    }

    private static Lengths ReadPrefix(ReadOnlySpan<byte> prefix)
    {
        if (!prefix.StartsWith(TraceFormat.Magic))
        {
            throw new TraceFormatException("This is not a trace: it does not begin with U2CTRACE.");
        }

        ushort version = BinaryPrimitives.ReadUInt16LittleEndian(prefix[8..]);
        if (version != TraceFormat.Version)
        {
            throw new TraceFormatException($"The trace has version {version}; this program reads version {TraceFormat.Version}.");
        }

        uint header = BinaryPrimitives.ReadUInt32LittleEndian(prefix[12..]);
        ulong compressed = BinaryPrimitives.ReadUInt64LittleEndian(prefix[16..]);
        ulong body = BinaryPrimitives.ReadUInt64LittleEndian(prefix[24..]);
        if (prefix[10] != 0 || prefix[11] != 0 || header > TraceFormat.LongestHeaderBytes || compressed > TraceFormat.LongestBodyBytes || body > TraceFormat.LongestBodyBytes)
        {
            throw new TraceFormatException("The beginning of the trace has values that are out of range.");
        }

        return new Lengths((int)header, (int)compressed, (int)body);
    }

    private static TraceHeader ReadHeader(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, TraceHeaderJson.Default.TraceHeader) ?? throw new TraceFormatException("The header of the trace is null.");
        }
        catch (JsonException e)
        {
            throw new TraceFormatException("The header of the trace is not the JSON it should be.", e);
        }
    }

    /// <summary>Reads in steps, so that a length that is not true costs no memory.</summary>
    private static byte[] Take(Stream input, int length)
    {
        const int Step = 1 << 20;
        byte[] bytes = new byte[Math.Min(length, Step)];
        int filled = 0;
        for (; ; )
        {
            int read = input.ReadAtLeast(bytes.AsSpan(filled), bytes.Length - filled, throwOnEndOfStream: false);
            filled += read;
            if (filled < bytes.Length)
            {
                throw new TraceFormatException("The trace is truncated.");
            }

            if (filled == length)
            {
                return bytes;
            }

            Array.Resize(ref bytes, (int)Math.Min(length, 2L * bytes.Length));
        }
    }

    private static byte[] Decompress(byte[] compressed, int length)
    {
        using var brotli = new BrotliStream(new MemoryStream(compressed), CompressionMode.Decompress);
        try
        {
            byte[] body = Take(brotli, length);
            return brotli.ReadByte() < 0 ? body : throw new TraceFormatException("The samples are longer than the trace says.");
        }
        catch (Exception e) when (e is InvalidDataException or InvalidOperationException)
        {
            throw new TraceFormatException("The samples can not be decompressed.", e);
        }
    }

    private readonly record struct Lengths(int Header, int Compressed, int Body);
}
