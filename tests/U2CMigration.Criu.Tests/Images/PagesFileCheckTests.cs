using U2CMigration.Criu.Images;

namespace U2CMigration.Criu.Tests.Images;

public sealed class PagesFileCheckTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("u2c-pages").FullName;

    private ImageDirectory Images => new(_directory);

    [Theory]
    [InlineData(5 * 4096, null)]
    [InlineData(6 * 4096, null)]
    [InlineData((5 * 4096) - 1, "lists 5 pages")]
    [InlineData(0, "lists 5 pages")]
    [InlineData(-1, "lists 5 pages")]
    public void Run_PagesFile_HasToHoldWhatItsPagemapLists(int length, string? problem)
    {
        new Pagemap(3, [new PagemapEntry(0x1000, 2, PagePlaces.Present), new PagemapEntry(0x8000, 7, PagePlaces.Lazy), new PagemapEntry(0x10000, 3, PagePlaces.Present | PagePlaces.Lazy)])
            .Write(Images.PathOf(ImageDirectory.PagemapName(7)));
        WritePages(length);
        Expect(problem);
    }

    [Fact]
    public void Run_SharedMemory_IsCheckedToo()
    {
        new Pagemap(3, [new PagemapEntry(0, 5, PagePlaces.Present)]).Write(Images.PathOf(ImageDirectory.SharedPagemapName(9)));
        WritePages(4 * 4096);
        Expect("lists 5 pages");
    }

    [Fact]
    public void Run_NothingPresent_NeedsNoFile()
    {
        new Pagemap(3, [new PagemapEntry(0x8000, 7, PagePlaces.Lazy)]).Write(Images.PathOf(ImageDirectory.PagemapName(7)));
        Expect(null);
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private void WritePages(int length)
    {
        if (length >= 0)
        {
            File.WriteAllBytes(Images.PathOf("pages-3.img"), new byte[length]);
        }
    }

    private void Expect(string? problem)
    {
        Action check = () => PagesFileCheck.Run(Images);
        if (problem is null)
        {
            check.Should().NotThrow();
        }
        else
        {
            check.Should().Throw<CriuException>().WithMessage($"*{problem}*");
        }
    }
}
