using System.Buffers;
using System.IO.Hashing;
using System.IO.Pipelines;
using System.Text;
using U2CMigration.Files.Entries;
using U2CMigration.Files.Records;

namespace U2CMigration.Fuzzing.Targets.Samples;

/// <summary>Rounds of files and questions as a source sends them, with all kinds of records.</summary>
internal static class FileRecords
{
    private static readonly EntryMetadata Plain = new(0x81a4, 1000, 1000, new FileTime(1_700_000_000, 5), EntryFlags.None, []);
    private static readonly EntryMetadata Attributed = Plain with { Flags = EntryFlags.NoDump, Attributes = [new ExtendedAttribute([.. "user.a\0"u8], [1, 2, 3])] };

    public static IEnumerable<(bool Asks, IReadOnlyList<(RecordType Type, byte[] Payload)> Records)> All =>
    [
        (false, Split(static writer => Round(writer, Files))),
        (false, Split(static writer => Round(writer, Others))),
        (true, Split(Questions)),
    ];

    private static byte[] Name(string name) => [.. Encoding.UTF8.GetBytes(name), 0];

    private static void Round(RecordWriter writer, Action<RecordWriter> entries)
    {
        writer.Begin(RecordType.RoundBegin).UInt32(0).Byte(1).End();
        writer.Begin(RecordType.Tree).Byte(0).Blob("/data"u8).End();
        entries(writer);
        writer.Begin(RecordType.Place).Metadata(Attributed with { Mode = 0x41ed }).End();
        writer.Begin(RecordType.RoundEnd).Int64(1).Int64(0).End();
    }

    private static void Files(RecordWriter writer)
    {
        writer.Begin(RecordType.Directory).Name(Name("d")).Byte(1).End();
        writer.Begin(RecordType.Enter).Name(Name("d")).End();
        writer.Begin(RecordType.File).Name(Name("a")).Byte(1).UInt32(1).Int64(200_000).Metadata(Attributed).End();
        writer.Begin(RecordType.Zeros).Int64(0).Int64(10).End();
        writer.Begin(RecordType.Hole).Int64(4096).Int64(4096).End();
        writer.Begin(RecordType.FileEnd).Hash(Checksum(0, 10, 4096, 4096)).End();
        writer.Begin(RecordType.Link).Name(Name("b")).UInt32(1).End();
        writer.Begin(RecordType.Keep).Name(Name("b")).UInt32(2).End();
        writer.Begin(RecordType.Leave).End();
        writer.Begin(RecordType.Remove).Name(Name("d")).End();
        writer.Begin(RecordType.Link).Name(Name("d")).UInt32(2).End();
        writer.Begin(RecordType.Release).End();
    }

    private static void Others(RecordWriter writer)
    {
        writer.Begin(RecordType.SymbolicLink).Name(Name("l")).UInt32(0).Blob("../beside"u8).Metadata(Plain with { Mode = 0xa1ff }).End();
        writer.Begin(RecordType.Node).Name(Name("f")).UInt32(0).UInt64(0).Metadata(Plain with { Mode = 0x11a4 }).End();
        writer.Begin(RecordType.Node).Name(Name("c")).UInt32(3).UInt64(0).Metadata(Plain with { Mode = 0x21a4 }).End();
        writer.Begin(RecordType.Metadata).Name(Name("l")).Metadata(Plain with { Mode = 0xa1ff }).End();
        writer.Begin(RecordType.File).Name(Name("l")).Byte(1).UInt32(0).Int64(3).Metadata(Plain).End();
        writer.Data(0, [1]);
        writer.Begin(RecordType.FileEnd).Hash(0).End();
    }

    private static void Questions(RecordWriter writer)
    {
        writer.Begin(RecordType.AskBegin).Int64(7).End();
        writer.Begin(RecordType.Tree).Byte(0).Blob("/data"u8).End();
        writer.Begin(RecordType.AskPlace).Byte(1).End();
        writer.Begin(RecordType.Ask).Name(Name("a")).End();
        writer.Begin(RecordType.Enter).Name(Name("d")).End();
        writer.Begin(RecordType.AskPlace).Byte(0).End();
        writer.Begin(RecordType.Leave).End();
        writer.Begin(RecordType.AskEnd).End();
    }

    private static UInt128 Checksum(params long[] numbers)
    {
        var checksum = new XxHash128();
        foreach (long number in numbers)
        {
            checksum.Append(BitConverter.GetBytes(number));
        }

        return checksum.GetCurrentHashAsUInt128();
    }

    private static List<(RecordType Type, byte[] Payload)> Split(Action<RecordWriter> write)
    {
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 0));
        var writer = new RecordWriter();
        writer.WriteTo(pipe.Writer);
        write(writer);
        pipe.Writer.Complete();
        pipe.Reader.TryRead(out ReadResult result);
        ReadOnlySequence<byte> rest = result.Buffer;
        var records = new List<(RecordType, byte[])>();
        var framer = new RecordFramer();
        while (framer.TryRead(ref rest, out RecordReader record))
        {
            records.Add((record.Type, record.Rest().ToArray()));
        }

        return records;
    }
}
