using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using U2CMigration.PageTracking.Pages;
using U2CMigration.PageTracking.SystemLevel;
using U2CMigration.Prediction.Traces;

namespace U2CMigration.Fuzzing.Targets;

/// <summary>Traces: the whole file as it is, or its header and samples under a right checksum. What is understood must be the same when it is written and read again.</summary>
internal sealed class TracesTarget : IFuzzTarget
{
    public string Name => "traces";

    public void Run(ReadOnlySpan<byte> input)
    {
        var cursor = new Cursor(input);
        byte[] file = cursor.Byte() == 0 ? cursor.Rest().ToArray() : Seal(cursor.Piece(), cursor.Rest());
        PageTrace trace;
        try
        {
            trace = TraceReader.Read(new MemoryStream(file));
        }
        catch (TraceFormatException)
        {
            return;
        }

        byte[] written = Write(trace);
        if (!Write(TraceReader.Read(new MemoryStream(written))).AsSpan().SequenceEqual(written))
        {
            throw new InvalidOperationException("A trace is another one when it was read again.");
        }
    }

    public IEnumerable<byte[]> Seeds()
    {
        var dirty = new PageSet();
        dirty.Add(10009, 0x5555_0000, 0x5555_3000);
        dirty.Add(10010, 0x7fff_0000, 0x7fff_1000);
        var header = new TraceHeader
        {
            Family = "redis", Workload = "ycsb-a", Load = "light", Interval = TimeSpan.FromMilliseconds(100), RecordedAt = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero), Kernel = "6.18", Tracker = "synthetic",
        };
        TraceSample[] samples =
        [
            new(TimeSpan.FromMilliseconds(100), dirty, null, new SystemSample { PageFaults = 100 }),
            new(TimeSpan.FromMilliseconds(101), new PageSet(), dirty, new SystemSample { PageFaults = 90, FreeMemoryBytes = 1 << 30 }),
        ];
        byte[] file = Write(new PageTrace(header, samples));
        int headerBytes = BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(12));
        using var brotli = new BrotliStream(new MemoryStream(file, TraceFormat.PrefixBytes + headerBytes, file.Length - TraceFormat.PrefixBytes - headerBytes - TraceFormat.ChecksumBytes), CompressionMode.Decompress);
        using var body = new MemoryStream();
        brotli.CopyTo(body);
        return [[0, .. file], [1, .. Cursor.PieceOf(file.AsSpan(TraceFormat.PrefixBytes, headerBytes)), .. body.ToArray()]];
    }

    private static byte[] Write(PageTrace trace)
    {
        using var output = new MemoryStream();
        TraceWriter.Write(trace, output);
        return output.ToArray();
    }

    private static byte[] Seal(ReadOnlySpan<byte> header, ReadOnlySpan<byte> body)
    {
        using var compressed = new MemoryStream();
        using (var brotli = new BrotliStream(compressed, CompressionLevel.Fastest, leaveOpen: true))
        {
            brotli.Write(body);
        }

        byte[] prefix = new byte[TraceFormat.PrefixBytes];
        TraceFormat.Magic.CopyTo(prefix);
        BinaryPrimitives.WriteUInt16LittleEndian(prefix.AsSpan(8), TraceFormat.Version);
        BinaryPrimitives.WriteInt32LittleEndian(prefix.AsSpan(12), header.Length);
        BinaryPrimitives.WriteInt64LittleEndian(prefix.AsSpan(16), compressed.Length);
        BinaryPrimitives.WriteInt64LittleEndian(prefix.AsSpan(24), body.Length);
        byte[] file = [.. prefix, .. header, .. compressed.ToArray()];
        byte[] sum = new byte[TraceFormat.ChecksumBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(sum, XxHash3.HashToUInt64(file));
        return [.. file, .. sum];
    }
}
