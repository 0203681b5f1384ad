using U2CMigration.Criu.Images;

namespace U2CMigration.Criu.Tests.Images;

public sealed class PagemapRewriterTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public PagemapRewriterTests()
    {
        new Pagemap(
            4,
            [
                new PagemapEntry(0x10000, 2, PagePlaces.Present | PagePlaces.Lazy),
                new PagemapEntry(0x20000, 1, PagePlaces.Present),
                new PagemapEntry(0x30000, 1, PagePlaces.Lazy),
                new PagemapEntry(0x40000, 1, PagePlaces.Present | PagePlaces.Lazy),
            ]).Write(_directory["pagemap-5.img"]);
        File.WriteAllBytes(_directory["pages-4.img"], Bytes.Pages(1, 2, 3, 4));
    }

    private ImageDirectory Images => new(_directory.Path);

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void MakeLazy_MixedEntries_KeepsOnlyWhatCanNotBeLazy()
    {
        PagemapRewriter.MakeLazy(Images);
        Pagemap pagemap = Images.ReadPagemap(5)!;
        pagemap.Entries.Select(entry => entry.Places).Should().Equal(PagePlaces.Lazy, PagePlaces.Present, PagePlaces.Lazy, PagePlaces.Lazy);
        File.ReadAllBytes(_directory[pagemap.PagesFileName]).Should().Equal(Bytes.Pages(3));
    }

    [Fact]
    public void MakeLazy_DroppedPages_AreHandedOver()
    {
        var dropped = new SortedDictionary<ulong, byte>();
        PagemapRewriter.MakeLazy(Images, (_, address, pages) =>
        {
            for (int offset = 0; offset < pages.Length; offset += Environment.SystemPageSize)
            {
                dropped.Add(address + (ulong)offset, pages[offset]);
            }
        });
        dropped.Should().Equal(new Dictionary<ulong, byte> { [0x10000] = 1, [0x11000] = 2, [0x40000] = 4 });
    }

    [Fact]
    public void MakePresent_MissingPages_AreAskedFor()
    {
        PagemapRewriter.MakePresent(Images, (_, address, pages) => pages.Fill((byte)(address >> 16)));
        Pagemap pagemap = Images.ReadPagemap(5)!;
        pagemap.Entries.Should().OnlyContain(entry => entry.Places == PagePlaces.Present);
        File.ReadAllBytes(_directory[pagemap.PagesFileName]).Should().Equal(Bytes.Pages(1, 2, 3, 3, 4));
    }

    [Fact]
    public void PlaceMissing_MixedEntries_AsksOnlyForThoseWithoutAPlace()
    {
        new Pagemap(4, [new PagemapEntry(0x10000, 2, PagePlaces.Present), new PagemapEntry(0x20000, 1, PagePlaces.None), new PagemapEntry(0x30000, 1, PagePlaces.Lazy)]).Write(_directory["pagemap-5.img"]);
        PagemapRewriter.PlaceMissing(Images, (_, address, pages) => pages.Fill((byte)(address >> 16)));
        Pagemap pagemap = Images.ReadPagemap(5)!;
        pagemap.Entries.Select(entry => entry.Places).Should().Equal(PagePlaces.Present, PagePlaces.Present, PagePlaces.Lazy);
        File.ReadAllBytes(_directory[pagemap.PagesFileName]).Should().Equal(Bytes.Pages(1, 2, 2));
    }

    [Fact]
    public void PlaceMissing_NothingMissing_LeavesTheFilesAlone()
    {
        PagemapRewriter.PlaceMissing(Images, (_, _, _) => throw new IOException("nothing is to be asked for"));
        Images.ReadPagemap(5)!.PagesId.Should().Be(4);
    }

    [Fact]
    public void MakePresent_ContentThatFails_LeavesTheImagesAsTheyWere()
    {
        Action act = () => PagemapRewriter.MakePresent(Images, (_, _, _) => throw new InvalidOperationException());
        act.Should().Throw<InvalidOperationException>();
        Directory.GetFiles(_directory.Path).Select(Path.GetFileName).Should().BeEquivalentTo("pagemap-5.img", "pages-4.img");
    }

    [Fact]
    public void MakePresent_PagesFileTooShort_IsRefused()
    {
        File.WriteAllBytes(_directory["pages-4.img"], Bytes.Pages(1, 2, 3));
        Action act = () => PagemapRewriter.MakePresent(Images, (_, _, _) => { });
        act.Should().Throw<CriuException>().WithMessage("*pages-4.img*offset 12288*");
    }
}
