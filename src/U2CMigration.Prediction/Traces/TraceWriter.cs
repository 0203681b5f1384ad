using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using System.Text.Json;

namespace U2CMigration.Prediction.Traces;

/// <summary>Writes traces in the format of docs/traces.md.</summary>
public static class TraceWriter
{
    /// <summary>Writes a file; one that exists is replaced only when the new one is whole.</summary>
    /// <param name="trace">The trace.</param>
    /// <param name="path">The file, by habit <c>*.u2ctrace</c>.</param>
    /// <exception cref="IOException">It can not be written.</exception>
    public static void Write(PageTrace trace, string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string unfinished = path + ".part";
        using (FileStream file = File.Create(unfinished))
        {
            Write(trace, file);
        }

        File.Move(unfinished, path, overwrite: true);
    }

    /// <summary>Writes to a stream, which stays open.</summary>
    /// <param name="trace">The trace.</param>
    /// <param name="output">Where to.</param>
    /// <exception cref="ArgumentException">The trace is beyond what the format holds: a header of 64 KiB, samples of 1 GiB, intervals that are not negative.</exception>
    public static void Write(PageTrace trace, Stream output)
    {
        ArgumentNullException.ThrowIfNull(trace);
        ArgumentNullException.ThrowIfNull(output);
        byte[] header = JsonSerializer.SerializeToUtf8Bytes(trace.Header, TraceHeaderJson.Default.TraceHeader);
        using var body = new MemoryStream();
        new BodyWriter(body).Write(trace.Samples);
        if (header.Length > TraceFormat.LongestHeaderBytes || body.Length > TraceFormat.LongestBodyBytes)
        {
            throw new ArgumentException($"A header of {header.Length} bytes with samples of {body.Length} bytes is more than a trace holds.", nameof(trace));
        }

        using MemoryStream compressed = Compress(body);
        byte[] prefix = new byte[TraceFormat.PrefixBytes];
        TraceFormat.Magic.CopyTo(prefix);
        BinaryPrimitives.WriteUInt16LittleEndian(prefix.AsSpan(8), TraceFormat.Version);
        BinaryPrimitives.WriteInt32LittleEndian(prefix.AsSpan(12), header.Length);
        BinaryPrimitives.WriteInt64LittleEndian(prefix.AsSpan(16), compressed.Length);
        BinaryPrimitives.WriteInt64LittleEndian(prefix.AsSpan(24), body.Length);
        var checksum = new XxHash3();
        foreach (ReadOnlyMemory<byte> part in (ReadOnlyMemory<byte>[])[prefix, header, compressed.GetBuffer().AsMemory(0, (int)compressed.Length)])
        {
            checksum.Append(part.Span);
            output.Write(part.Span);
        }

        byte[] sum = new byte[TraceFormat.ChecksumBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(sum, checksum.GetCurrentHashAsUInt64());
        output.Write(sum);
    }

    private static MemoryStream Compress(MemoryStream body)
    {
        var compressed = new MemoryStream();
        using (var brotli = new BrotliStream(compressed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            brotli.Write(body.GetBuffer(), 0, (int)body.Length);
        }

        return compressed;
    }
}
