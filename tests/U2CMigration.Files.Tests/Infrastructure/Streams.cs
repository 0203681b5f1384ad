using System.IO.Pipelines;
using U2CMigration.Files.Entries;
using U2CMigration.Files.Records;

namespace U2CMigration.Files.Tests.Infrastructure;

/// <summary>Streams as a source, or somebody else, would send them.</summary>
internal static class Streams
{
    public static EntryMetadata File { get; } = new(0x81a4, 0, 0, new FileTime(1_700_000_000, 5), EntryFlags.None, []);

    public static EntryMetadata Directory { get; } = File with { Mode = 0x41ed };

    /// <summary>What records come to, as bytes.</summary>
    public static async Task<byte[]> OfAsync(Action<RecordWriter> write)
    {
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 0));
        var writer = new RecordWriter();
        writer.WriteTo(pipe.Writer);
        write(writer);
        await pipe.Writer.CompleteAsync();
        using var bytes = new MemoryStream();
        await pipe.Reader.CopyToAsync(bytes);
        return bytes.ToArray();
    }

    /// <summary>The same within a round of the tree <c>/data</c>.</summary>
    public static Task<byte[]> OfRoundAsync(Action<RecordWriter> write, long contentBytes = 0, uint round = 0) => OfAsync(writer =>
    {
        writer.Begin(RecordType.RoundBegin).UInt32(round).Byte(0).End();
        writer.Begin(RecordType.Tree).Byte(0).Blob("/data"u8).End();
        write(writer);
        writer.Begin(RecordType.RoundEnd).Int64(0).Int64(contentBytes).End();
    });

    /// <summary>What a source sends of a folder in its first round.</summary>
    public static async Task<byte[]> OfFolderAsync(Folders folders)
    {
        using var source = FileTreeSource.Open(new FileTreeSourceOptions { Roots = [new FileTreeRoot { Name = "/data", Path = folders.Source }], Processes = static () => [] });
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 0));
        await source.SendRoundAsync(pipe.Writer, isFrozen: false, null, CancellationToken.None);
        await pipe.Writer.CompleteAsync();
        using var bytes = new MemoryStream();
        await pipe.Reader.CopyToAsync(bytes);
        return bytes.ToArray();
    }

    public static RecordWriter Name(this RecordWriter writer, string name) => writer.Name(Folders.Raw(name));

    /// <summary>Has a destination take a stream.</summary>
    public static async Task<FileTreeReceived> ReceiveAsync(this FileTreeDestination destination, byte[] stream)
    {
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 0));
        await pipe.Writer.WriteAsync(stream);
        await pipe.Writer.CompleteAsync();
        return await destination.ReceiveRoundAsync(pipe.Reader, CancellationToken.None);
    }

    public static FileTreeDestination Destination(Folders folders, FileTreeLimits? limits = null, bool allowDevices = false) => FileTreeDestination.Open(new FileTreeDestinationOptions
    {
        Targets = [new FileTreeTarget { Name = "/data", Path = folders.Destination }],
        Limits = limits ?? new FileTreeLimits(),
        AllowDevices = allowDevices,
        Flush = false,
    });
}
