using U2CMigration.Core.Source;
using U2CMigration.Criu.Images;
using U2CMigration.PageTracking.Pages;
using U2CMigration.Transport;
using U2CMigration.Transport.Messages;
using U2CMigration.Transport.Pages;

namespace U2CMigration.Core.Tests.Source;

/// <summary>A tree of two processes, whose numbers here are not those in the images, with 16 and 4 pages, and an object with 2.</summary>
public sealed class NamedPagesTests : IDisposable
{
    private const int Object = 1 << 30;

    private readonly string _directory = Directory.CreateTempSubdirectory("named-pages-").FullName;
    private readonly NamedPages _named;

    public NamedPagesTests()
    {
        Write(1, new PagemapEntry(0x10000, 16, PagePlaces.Lazy));
        Write(2, new PagemapEntry(0x10000, 2, PagePlaces.None), new PagemapEntry(0x14000, 2, PagePlaces.Lazy));

        // Of a migration before this one, or put there: of no process of this tree.
        Write(77, new PagemapEntry(0x10000, 16, PagePlaces.Lazy));
        _named = new NamedPages(new ImageDirectory(_directory), [(1, 4001), (2, 4002)], [new PageRun(Object, 0, 2)]);
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Take_NamedPages_AreAskedForByTheirNumbersHere()
    {
        PageSet missing = _named.Take(Request(new PageRun(1, 0x11000, 3), new PageRun(2, 0x14000, 2), new PageRun(Object, 0x1000, 1)))!;

        missing.Processes.Select(static process => (process.ProcessId, process.Ranges[0].Start, process.Ranges[0].End))
            .Should().Equal((4001, 0x11000UL, 0x14000UL), (4002, 0x14000UL, 0x16000UL), (Object, 0x1000UL, 0x2000UL));
    }

    [Theory]
    [InlineData(4001, 0x10000, 1, "process 4001")]
    [InlineData(4002, 0x10000, 1, "process 4002")]
    [InlineData(77, 0x10000, 1, "process 77")]
    [InlineData(3, 0x10000, 1, "process 3")]
    [InlineData(Object + 1, 0, 1, "process 1073741825")]
    [InlineData(1, 0xf000, 1, "0xf000")]
    [InlineData(1, 0x10000, 17, "0x20000")]
    [InlineData(2, 0x11000, 2, "0x12000")]
    [InlineData(Object, 0x1000, 2, "0x2000")]
    public void Take_AnythingElse_IsABreachThatNamesIt(int processId, ulong address, long pages, string named)
    {
        Action take = () => _named.Take(Request(new PageRun(1, 0x10000, 1), new PageRun(processId, address, pages)));

        take.Should().Throw<MigrationProtocolException>().WithMessage($"*{named}*");
    }

    /// <summary>What is served on first touch is named before what is placed, whatever the addresses.</summary>
    [Fact]
    public void Take_RunsInAnyOrderInSeveralMessages_AreOneSet()
    {
        _named.Take(new MissingPages([new PageRun(1, 0x18000, 2), new PageRun(1, 0x11000, 1)], IsLast: false)).Should().BeNull();

        PageSet missing = _named.Take(Request(new PageRun(1, 0x10000, 2), new PageRun(1, 0x19000, 1)))!;

        missing.Processes.Single().Ranges.ToArray().Select(static range => (range.Start, range.End)).Should().Equal((0x10000UL, 0x12000UL), (0x18000UL, 0x1a000UL));
    }

    [Fact]
    public void Take_ListWithoutEnd_IsABreach()
    {
        var request = new MissingPages([new PageRun(1, 0x10000, 16)], IsLast: false);
        Action take = () =>
        {
            for (int i = 0; i < 10; i++)
            {
                _named.Take(request);
            }
        };

        take.Should().Throw<MigrationProtocolException>().WithMessage("*48 pages at once*");
    }

    [Fact]
    public void Take_EverythingAgainAndAgain_IsABreach()
    {
        Action take = () =>
        {
            for (int i = 0; i < 20; i++)
            {
                _named.Take(Request(new PageRun(1, 0x10000, 16)));
            }
        };

        take.Should().Throw<MigrationProtocolException>().WithMessage("*more than 16 times*");
    }

    private static MissingPages Request(params PageRun[] runs) => new(runs, IsLast: true);

    private void Write(int processId, params PagemapEntry[] entries) =>
        new Pagemap(1, [.. entries]).Write(Path.Combine(_directory, ImageDirectory.PagemapName(processId)));
}
