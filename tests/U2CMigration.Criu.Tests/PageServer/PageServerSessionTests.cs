using U2CMigration.Criu.Images;
using U2CMigration.Criu.PageServer;

namespace U2CMigration.Criu.Tests.PageServer;

public sealed class PageServerSessionTests
{
    private static readonly ulong Task1234 = new PageServerTarget(PageServerTargetKind.Task, 1234).Encoded;

    [Theory]
    [InlineData(PageServerLayout.Compact)]
    [InlineData(PageServerLayout.Wide)]
    public async Task RunAsync_Dump_PassesEverythingOn(PageServerLayout layout)
    {
        var sink = new RecordingSink();
        byte[] content = Bytes.Pages(1, 2, 3);
        (PageServerResult result, byte[] answers) = await ServeAsync(
            sink,
            null,
            [
                .. Message(layout, PageServerCommand.Open2, PagePlaces.None, 0, 0),
                .. Message(layout, PageServerCommand.AddFlagged, PagePlaces.Present | PagePlaces.Lazy, 3, 0x7f0000000000), .. content,
                .. Message(layout, PageServerCommand.AddFlagged, PagePlaces.Parent, 2, 0x7f0000003000),
                .. Message(layout, PageServerCommand.ForceClose, PagePlaces.None, 0, 0),
            ]);

        sink.Calls.Should().Equal(
            "open Task 1234", "run 7f0000000000 3 Lazy, Present", "write 7f0000000000 8192", "write 7f0000002000 4096", "run 7f0000003000 2 Parent", "close");
        sink.Content.Should().Equal(content);
        answers.Should().Equal(0, 0, 0, 0, 0);
        result.Should().Be(new PageServerResult(3, 2, 0, true, 0));
    }

    [Fact]
    public async Task RunAsync_ParentQuestion_AnswersFourBytes()
    {
        var sink = new RecordingSink { HasParent = true };
        (_, byte[] answers) = await ServeAsync(sink, null, Message(PageServerLayout.Wide, PageServerCommand.Parent, PagePlaces.None, 0, 0));
        answers.Should().Equal(1, 0, 0, 0);
    }

    [Fact]
    public async Task RunAsync_SinkThatCouldNotStore_SendsItsStatus()
    {
        var sink = new RecordingSink { Status = -5 };
        (PageServerResult result, byte[] answers) = await ServeAsync(
            sink, null, [.. Message(PageServerLayout.Wide, PageServerCommand.Open2, PagePlaces.None, 0, 0), .. Message(PageServerLayout.Wide, PageServerCommand.Close, PagePlaces.None, 0, 0)]);
        (result.Status, BitConverter.ToInt32(answers.AsSpan(1))).Should().Be((-5, -5));
    }

    [Fact]
    public async Task RunAsync_EndWithoutClose_IsNotReportedAsClosed()
    {
        (PageServerResult result, _) = await ServeAsync(new RecordingSink(), null, Message(PageServerLayout.Wide, PageServerCommand.Open2, PagePlaces.None, 0, 0));
        result.WasClosed.Should().BeFalse();
    }

    [Fact]
    public async Task RunAsync_Question_IsAnsweredShortWithTheRecordedHeader()
    {
        (PageServerResult result, byte[] answers) = await ServeAsync(
            null, new OnePageSource(), Bytes.Hex("07000000 00000000 0300000000000000 00000000007f0000 d204000000000000"));
        answers[..32].Should().Equal(Bytes.Hex("06000400 00000000 0100000000000000 00000000007f0000 d204000000000000"));
        answers[32..].Should().Equal(Bytes.Pages(9));
        result.ServedPages.Should().Be(1);
    }

    [Theory]
    [InlineData("06000400 00000000 0100000000000000 00000000007f0000 01d2040000000000", "before the target")]
    [InlineData("04000000 00000000 0000000000000000 0000000000000000 63d2040000000000", "neither a task")]
    [InlineData("99000000 00000000 0000000000000000 0000000000000000 01d2040000000000", "is not known")]
    [InlineData("07000000 00000000 0100000000000000 00000000007f0000 d204000000000000", "none are given")]
    [InlineData("04000000 00000000 0000000000000000 0000000000000000 01d204000000", "inside a message")]
    public async Task RunAsync_BrokenProtocol_SaysWhatIsWrong(string bytes, string expected)
    {
        Func<Task> act = () => ServeAsync(new RecordingSink(), null, Bytes.Hex(bytes), PageServerLayout.Wide);
        (await act.Should().ThrowAsync<CriuException>()).Which.Message.Should().Contain(expected);
    }

    [Theory]
    [InlineData(0, 0x1000)]
    [InlineData(1, 0x1001)]
    [InlineData(int.MaxValue, 0xfffffffffffff000)]
    [InlineData(0x100000000, 0x1000)]
    public async Task RunAsync_ImpossibleRun_IsRefusedBeforeAnythingIsRead(ulong pages, ulong address)
    {
        byte[] bytes =
        [
            .. Message(PageServerLayout.Wide, PageServerCommand.Open2, PagePlaces.None, 0, 0),
            .. Message(PageServerLayout.Wide, PageServerCommand.AddFlagged, PagePlaces.Present, pages, address),
        ];
        Func<Task> act = () => ServeAsync(new RecordingSink(), null, bytes);
        (await act.Should().ThrowAsync<CriuException>()).Which.Message.Should().Contain("not possible");
    }

    [Fact]
    public async Task ImageDirectorySink_Dump_BecomesImages()
    {
        using var directory = new TemporaryDirectory();
        var images = new ImageDirectory(directory.Path);
        using var sink = new ImageDirectorySink(images);
        await ServeAsync(
            sink,
            null,
            [
                .. Message(PageServerLayout.Wide, PageServerCommand.Open2, PagePlaces.None, 0, 0),
                .. Message(PageServerLayout.Wide, PageServerCommand.AddFlagged, PagePlaces.Present, 2, 0x10000), .. Bytes.Pages(1, 2),
                .. Message(PageServerLayout.Wide, PageServerCommand.Close, PagePlaces.None, 0, 0),
            ]);
        Pagemap pagemap = images.ReadPagemap(1234)!;
        pagemap.Entries.Should().Equal(new PagemapEntry(0x10000, 2, PagePlaces.Present));
        File.ReadAllBytes(images.PathOf(pagemap.PagesFileName)).Should().Equal(Bytes.Pages(1, 2));
    }

    private static byte[] Message(PageServerLayout layout, PageServerCommand command, PagePlaces places, ulong pages, ulong address)
    {
        byte[] bytes = new byte[PageServerHeader.MaxBytes];
        return bytes[..new PageServerHeader(command, places, pages, address, Task1234).Write(bytes, layout)];
    }

    private static async Task<(PageServerResult Result, byte[] Answers)> ServeAsync(
        IPageServerSink? sink, IPageServerSource? source, byte[] sent, PageServerLayout? layout = null)
    {
        using var stream = new ScriptedStream(sent);
        var session = new PageServerSession(stream, sink, source, new PageServerOptions { Layout = layout, BufferBytes = 2 * Environment.SystemPageSize });
        return (await session.RunAsync(), stream.Answers);
    }

    private sealed class OnePageSource : IPageServerSource
    {
        public ValueTask<int> ReadAsync(int processId, ulong address, Memory<byte> destination, CancellationToken cancellationToken)
        {
            destination.Span.Fill(9);
            return ValueTask.FromResult(1);
        }
    }
}
