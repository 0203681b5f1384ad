using U2CMigration.Criu.Images;
using U2CMigration.Criu.PageServer;

namespace U2CMigration.Criu.Tests.PageServer;

public sealed class FlatteningSinkTests : IDisposable
{
    private const ulong Start = 0x7f0000000000;
    private static readonly PageServerTarget Task1 = new(PageServerTargetKind.Task, 1);
    private readonly TemporaryDirectory _directory = new();
    private readonly ImageDirectory _images;

    public FlatteningSinkTests() => _images = new ImageDirectory(Directory.CreateDirectory(Path.Combine(_directory.Path, "images")).FullName);

    [Fact]
    public async Task OpenAsync_FirstAndSecondRound_TellsWhetherThereIsAParent()
    {
        using var sink = new FlatteningSink(_directory.Path);

        bool first = await RoundAsync(sink, (0, [1, 2]));
        bool second = await RoundAsync(sink, (0, [3]));

        (first, second).Should().Be((false, true));
    }

    [Fact]
    public async Task CloseAsync_ThreeRounds_KeepsTheNewestContentOfEachPage()
    {
        using var sink = new FlatteningSink(_directory.Path);
        await RoundAsync(sink, (0, [1, 2, 3, 4]));
        await RoundAsync(sink, (0, Hole(1)), (1, [22]), (2, Hole(2)));
        sink.Finish(_images);

        await RoundAsync(sink, (0, Hole(2)), (2, [33]), (3, Hole(1)), (8, [9]));

        Stored().Should().Equal((0UL, 1), (1UL, 22), (2UL, 33), (3UL, 4), (8UL, 9));
    }

    [Fact]
    public async Task CloseAsync_Dump_LeavesNoTraceOfTheChain()
    {
        using var sink = new FlatteningSink(_directory.Path);
        await RoundAsync(sink, (0, [1, 2]));
        sink.Finish(_images);

        await RoundAsync(sink, (0, Hole(1)), (1, [5]));

        _images.ReadPagemap(1)!.Entries.Should().Equal(new PagemapEntry(Start, 2, PagePlaces.Present));
    }

    [Fact]
    public async Task CloseAsync_PageGoneInBetween_ItsOldContentIsNotUsedForALaterHole()
    {
        using var sink = new FlatteningSink(_directory.Path, static (_, _, page) =>
        {
            page.Fill(77);
            return true;
        });
        await RoundAsync(sink, (0, [1, 2]));
        await RoundAsync(sink, (0, Hole(1)));
        sink.Finish(_images);

        await RoundAsync(sink, (0, Hole(2)));

        Stored().Should().Equal((0UL, 1), (1UL, 77));
        sink.RepairedPages.Should().Be(1);
    }

    [Fact]
    public async Task CloseAsync_HoleOverPagesNeverSent_RefusesTheDumpWhenTheyCanNotBeHad()
    {
        using var sink = new FlatteningSink(_directory.Path);
        await RoundAsync(sink, (0, [1]));
        sink.Finish(_images);
        await sink.OpenAsync(Task1, default);
        await sink.BeginRunAsync(Task1, new PagemapEntry(Start, 3, PagePlaces.Parent), default);

        int status = await sink.CloseAsync(default);

        (status, sink.UnresolvedPages, _images.ProcessesWithPagemap().Count).Should().Be((-1, 2L, 0));
    }

    [Fact]
    public async Task CloseAsync_HoleNeverSentInAPreDump_CanBeHealedByTheNextRound()
    {
        using var sink = new FlatteningSink(_directory.Path);
        await RoundAsync(sink, (0, [1]));
        await RoundAsync(sink, (0, Hole(2)));
        sink.Finish(_images);

        await RoundAsync(sink, (0, Hole(1)), (1, [6]));

        Stored().Should().Equal((0UL, 1), (1UL, 6));
    }

    [Fact]
    public async Task CloseAsync_PageSentTwiceInARound_IsRefused()
    {
        using var sink = new FlatteningSink(_directory.Path);
        await sink.OpenAsync(Task1, default);
        await SendAsync(sink, 0, [1, 2]);
        await SendAsync(sink, 1, [3]);

        (await sink.CloseAsync(default)).Should().Be(-1);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task CloseAsync_RandomRounds_EqualsWhatTheLastRoundHad(int seed)
    {
        var random = new Random(seed);
        using var sink = new FlatteningSink(_directory.Path);
        var before = new SortedDictionary<ulong, byte>();
        for (int round = 0; round < 12; round++)
        {
            if (round == 11)
            {
                sink.Finish(_images);
            }

            await sink.OpenAsync(Task1, default);
            var now = new SortedDictionary<ulong, byte>();
            for (ulong page = 0; page < 200; page++)
            {
                int what = random.Next(4);
                if (what == 1 && before.TryGetValue(page, out byte known))
                {
                    now[page] = known;
                    await sink.BeginRunAsync(Task1, new PagemapEntry(Start + (page * 4096), 1, PagePlaces.Parent), default);
                }
                else if (what > 1)
                {
                    now[page] = (byte)random.Next(256);
                    await SendAsync(sink, page, [now[page]]);
                }
            }

            (await sink.CloseAsync(default)).Should().Be(0);
            before = now;
        }

        Stored().Should().Equal(before.Select(static page => (page.Key, (int)page.Value)));
    }

    public void Dispose() => _directory.Dispose();

    private static byte[] Hole(int pages) => [.. Enumerable.Repeat(byte.MaxValue, pages)];

    /// <summary>A round; runs whose marks are all 255 are holes.</summary>
    private static async Task<bool> RoundAsync(FlatteningSink sink, params (ulong Page, byte[] Marks)[] runs)
    {
        bool parent = await sink.OpenAsync(Task1, default);
        foreach ((ulong page, byte[] marks) in runs)
        {
            if (marks.All(static mark => mark == byte.MaxValue))
            {
                await sink.BeginRunAsync(Task1, new PagemapEntry(Start + (page * 4096), marks.Length, PagePlaces.Parent), default);
            }
            else
            {
                await SendAsync(sink, page, marks);
            }
        }

        (await sink.CloseAsync(default)).Should().Be(0);
        return parent;
    }

    private static async Task SendAsync(FlatteningSink sink, ulong page, byte[] marks)
    {
        await sink.BeginRunAsync(Task1, new PagemapEntry(Start + (page * 4096), marks.Length, PagePlaces.Present), default);
        await sink.WriteAsync(Task1, Start + (page * 4096), Bytes.Pages(marks), default);
    }

    /// <summary>The number and mark of each page in the images; every byte of a page is the same.</summary>
    private List<(ulong Page, int Mark)> Stored()
    {
        Pagemap pagemap = _images.ReadPagemap(1)!;
        using PagesFile pages = PagesFile.Open(_images.PathOf(pagemap.PagesFileName));
        List<(ulong, int)> stored = [];
        byte[] page = new byte[4096];
        foreach (PagemapEntry entry in pagemap.Entries)
        {
            entry.Places.Should().Be(PagePlaces.Present);
            for (long i = 0; i < entry.Pages; i++)
            {
                pages.Read(stored.Count, page);
                page.Should().OnlyContain(value => value == page[0]);
                stored.Add((((entry.Address - Start) / 4096) + (ulong)i, page[0]));
            }
        }

        pages.Pages.Should().Be(stored.Count);
        return stored;
    }
}
