using U2CMigration.Files.Entries;
using U2CMigration.Files.Records;
using U2CMigration.Files.Tests.Infrastructure;
using U2CMigration.Testing;

namespace U2CMigration.Files.Tests;

/// <summary>A source that wants something else than to send files gets nothing outside the targets, and no more than the limits.</summary>
public sealed class HostileSourceTests : IDisposable
{
    private readonly Folders _folders = new();

    public HostileSourceTests()
    {
        Requires.Root();
        File.WriteAllText(Path.Combine(_folders.Top, "secret"), "untouched");
    }

    public void Dispose()
    {
        string secret = File.ReadAllText(Path.Combine(_folders.Top, "secret"));
        string[] names = [.. Directory.EnumerateFileSystemEntries(_folders.Top).Select(Path.GetFileName).Order(StringComparer.Ordinal)!];
        _folders.Dispose();
        secret.Should().Be("untouched");
        names.Should().Equal("destination", "secret", "source");
    }

    [Theory]
    [InlineData("..")]
    [InlineData(".")]
    [InlineData("")]
    [InlineData("a/b")]
    [InlineData("/etc")]
    [InlineData("../secret")]
    public async Task Names_ThatLeadElsewhere_AreRefused(string name)
    {
        foreach (Action<RecordWriter> write in (Action<RecordWriter>[])
        [
            writer => writer.Begin(RecordType.Enter).Name(name).End(),
            writer => writer.Begin(RecordType.Remove).Name(name).End(),
            writer => writer.Begin(RecordType.Directory).Name(name).Byte(1).End(),
            writer => writer.Begin(RecordType.File).Name(name).Byte(1).UInt32(0).Int64(0).Metadata(Streams.File).End(),
            writer => writer.Begin(RecordType.Keep).Name(name).UInt32(1).End(),
        ])
        {
            using FileTreeDestination destination = Streams.Destination(_folders);
            await Refused(destination, write, "*the name of an entry*");
        }
    }

    [Fact]
    public async Task Links_AreNotFollowed()
    {
        foreach (string target in (string[])["..", _folders.Top, "/", "../secret"])
        {
            foreach (Action<RecordWriter> write in (Action<RecordWriter>[])
            [
                writer => writer.Begin(RecordType.Enter).Name("link").End(),
                writer => writer.Begin(RecordType.File).Name("link").Byte(0).UInt32(0).Int64(0).Metadata(Streams.File).End(),
            ])
            {
                using FileTreeDestination destination = Streams.Destination(_folders);
                Func<Task> receive = async () => await destination.ReceiveAsync(await Streams.OfRoundAsync(writer =>
                {
                    WriteLink(writer, target);
                    write(writer);
                }));
                await receive.Should().ThrowAsync<FileTreeException>();
                await destination.DiscardAsync(CancellationToken.None);
            }
        }
    }

    /// <summary>Rights, owner and times of a link are its own.</summary>
    [Fact]
    public async Task Metadata_OfALink_IsNotThatOfItsTarget()
    {
        string secret = Path.Combine(_folders.Top, "secret");
        string before = TreeText.Of(_folders.Top)["/secret"];
        using FileTreeDestination destination = Streams.Destination(_folders);

        await destination.ReceiveAsync(await Streams.OfRoundAsync(writer =>
        {
            WriteLink(writer, secret);
            writer.Begin(RecordType.Metadata).Name("link").Metadata(Streams.File with { Mode = 0xafff, UserId = 1234, Attributes = [new ExtendedAttribute(Folders.Raw("trusted.x"), [1])] }).End();
        }));

        TreeText.Of(_folders.Top)["/secret"].Should().Be(before);
    }

    /// <summary>A file that was made as a link's is not written through it: new files replace what has the name.</summary>
    [Fact]
    public async Task Files_ReplaceLinks()
    {
        using FileTreeDestination destination = Streams.Destination(_folders);

        await destination.ReceiveAsync(await Streams.OfRoundAsync(writer =>
        {
            WriteLink(writer, "../secret");
            writer.Begin(RecordType.File).Name("link").Byte(1).UInt32(0).Int64(0).Metadata(Streams.File).End();
            writer.Begin(RecordType.FileEnd).Hash(new System.IO.Hashing.XxHash128().GetCurrentHashAsUInt128()).End();
        }));

        new FileInfo(_folders.InDestination("link")).LinkTarget.Should().BeNull();
    }

    [Fact]
    public async Task Devices_AreNotMade_UnlessAllowed()
    {
        using FileTreeDestination destination = Streams.Destination(_folders);
        Func<Task> receive = async () => await destination.ReceiveAsync(await Streams.OfRoundAsync(static writer => WriteNode(writer, 0x21b6, (1UL << 32) | 3)));
        (await receive.Should().ThrowAsync<FileTreeException>()).WithMessage("*device (1:3)*AllowDevices*");

        using FileTreeDestination allowing = Streams.Destination(_folders, allowDevices: true);
        await allowing.ReceiveAsync(await Streams.OfRoundAsync(static writer => WriteNode(writer, 0x21b6, (1UL << 32) | 3)));
        TreeText.Of(_folders.Destination)["/node"].Should().Contain("device 1:3");
    }

    /// <summary>A whiteout of an overlay in a volume: anyone may make it, and it leads nowhere. A block device 0/0 is none.</summary>
    [Fact]
    public async Task TheDeviceThatLeadsNowhere_IsMade()
    {
        using FileTreeDestination destination = Streams.Destination(_folders);
        await destination.ReceiveAsync(await Streams.OfRoundAsync(static writer => WriteNode(writer, 0x2180, 0)));
        TreeText.Of(_folders.Destination)["/node"].Should().Contain("device 0:0");

        await destination.DiscardAsync(CancellationToken.None);
        using FileTreeDestination another = Streams.Destination(_folders);
        Func<Task> receive = async () => await another.ReceiveAsync(await Streams.OfRoundAsync(static writer => WriteNode(writer, 0x6180, 0)));
        await receive.Should().ThrowAsync<FileTreeException>();
    }

    public static TheoryData<string> Limits => new("entries", "depth", "size", "contents", "zeros", "links", "attributes", "payload");

    [Theory]
    [MemberData(nameof(Limits))]
    public async Task Limits_Hold(string limit)
    {
        var limits = new FileTreeLimits { MaxEntries = 100, MaxDepth = 10, MaxFileBytes = 1 << 20, MaxContentBytes = 100_000, MaxLinks = 5 };
        using FileTreeDestination destination = Streams.Destination(_folders, limits);
        await Refused(destination, writer => Exceed(writer, limit), "*");
    }

    [Fact]
    public async Task Records_OutOfPlace_AreRefused()
    {
        foreach (Action<RecordWriter> write in (Action<RecordWriter>[])
        [
            static writer => writer.Begin(RecordType.Leave).End(),
            static writer => writer.Begin(RecordType.Link).Name("a").UInt32(7).End(),
            static writer => writer.Begin(RecordType.Data).Int64(0).Byte(1).End(),
            static writer => writer.Begin(RecordType.FileEnd).Hash(0).End(),
            static writer => writer.Begin(RecordType.RoundBegin).UInt32(0).Byte(0).End(),
            static writer => writer.Begin(RecordType.Ask).Name("a").End(),
            static writer => writer.Begin((RecordType)99).End(),
            static writer => writer.Begin(RecordType.Place).Metadata(Streams.File).End(),
            static writer => writer.Begin(RecordType.Place).Metadata(Streams.Directory with { UserId = uint.MaxValue }).End(),
            static writer => writer.Begin(RecordType.Place).Metadata(Streams.Directory with { Flags = EntryFlags.Verity }).End(),
            static writer => writer.Begin(RecordType.Place).Metadata(Streams.Directory with { Attributes = [new ExtendedAttribute(Folders.Raw("security.selinux"), [1])] }).End(),
            static writer => writer.Begin(RecordType.Tree).Byte(0).Blob("/other"u8).End(),
            static writer => writer.Begin(RecordType.Tree).Byte(1).Blob("/data"u8).End(),
            static writer => WriteNode(writer, 0x41ed, 0),
            static writer =>
            {
                writer.Begin(RecordType.File).Name("a").Byte(1).UInt32(0).Int64(10).Metadata(Streams.File).End();
                writer.Data(8, [1, 2, 3]);
            },
            static writer =>
            {
                writer.Begin(RecordType.File).Name("a").Byte(1).UInt32(0).Int64(10).Metadata(Streams.File).End();
                writer.Begin(RecordType.Remove).Name("a").End();
            },
            static writer =>
            {
                writer.Begin(RecordType.File).Name("a").Byte(1).UInt32(0).Int64(10).Metadata(Streams.File).End();
                writer.Data(0, [1, 2, 3]);
                writer.Begin(RecordType.FileEnd).Hash(1).End();
            },
        ])
        {
            using (FileTreeDestination destination = Streams.Destination(_folders))
            {
                await Refused(destination, write, "*");
                await destination.DiscardAsync(CancellationToken.None);
            }
        }
    }

    [Fact]
    public async Task Rounds_OfAnotherSource_AreRefused()
    {
        using FileTreeDestination destination = Streams.Destination(_folders);
        Func<Task> receive = async () => await destination.ReceiveAsync(await Streams.OfRoundAsync(static _ => { }, round: 1));
        (await receive.Should().ThrowAsync<FileTreeProtocolException>()).WithMessage("*round 0*round 1*");

        // After an error it does not know what it has.
        receive = async () => await destination.ReceiveAsync(await Streams.OfRoundAsync(static _ => { }));
        await receive.Should().ThrowAsync<InvalidOperationException>();
    }

    private static async Task Refused(FileTreeDestination destination, Action<RecordWriter> write, string message)
    {
        byte[] stream = await Streams.OfRoundAsync(write);
        Func<Task> receive = () => destination.ReceiveAsync(stream);
        (await receive.Should().ThrowAsync<FileTreeProtocolException>()).WithMessage(message);
    }

    private static void WriteLink(RecordWriter writer, string target) =>
        writer.Begin(RecordType.SymbolicLink).Name("link").UInt32(0).Blob(Folders.Raw(target).AsSpan()[..^1]).Metadata(Streams.File with { Mode = 0xa1ff }).End();

    private static void WriteNode(RecordWriter writer, ushort mode, ulong device) =>
        writer.Begin(RecordType.Node).Name("node").UInt32(0).UInt64(device).Metadata(Streams.File with { Mode = mode }).End();

    private static void Exceed(RecordWriter writer, string limit)
    {
        void WriteFile(long size) => writer.Begin(RecordType.File).Name("a").Byte(1).UInt32(0).Int64(size).Metadata(Streams.File).End();
        switch (limit)
        {
            case "entries":
                for (int i = 0; i < 101; i++)
                {
                    writer.Begin(RecordType.Remove).Name("a").End();
                }

                break;
            case "depth":
                for (int i = 0; i < 11; i++)
                {
                    writer.Begin(RecordType.Directory).Name("a").Byte(0).End();
                    writer.Begin(RecordType.Enter).Name("a").End();
                }

                break;
            case "size":
                WriteFile((1 << 20) + 1);
                break;
            case "contents":
                WriteFile(1 << 20);
                writer.Data(0, new byte[60_000]);
                writer.Data(0, new byte[60_000]);
                break;
            case "zeros":
                WriteFile(1 << 20);
                writer.Begin(RecordType.Zeros).Int64(0).Int64(1 << 20).End();
                break;
            case "links":
                for (uint i = 1; i < 7; i++)
                {
                    writer.Begin(RecordType.File).Name("a").Byte(1).UInt32(i).Int64(0).Metadata(Streams.File).End();
                    writer.Begin(RecordType.FileEnd).Hash(new System.IO.Hashing.XxHash128().GetCurrentHashAsUInt128()).End();
                }

                break;
            case "attributes":
                writer.Begin(RecordType.Place).Metadata(Streams.Directory with { Attributes = [.. Enumerable.Range(0, 1025).Select(static i => new ExtendedAttribute(Folders.Raw($"user.{i}"), []))] }).End();
                break;
            default:
                WriteFile(1 << 20);
                writer.Data(0, new byte[(64 << 10) + 1]);
                break;
        }
    }
}
