using U2CMigration.Criu.Images;
using U2CMigration.Criu.Protobuf.Images;

namespace U2CMigration.Criu.Tests.Images;

public sealed class HiddenPagesTests : IDisposable
{
    private const uint Private = 0x02;
    private const uint Anonymous = 0x22;
    private const uint Locked = 0x2000;
    private const uint Huge = 0x40000;
    private const uint Droppable = 0x08;

    private readonly TemporaryDirectory _directory = new();

    /// <summary>CRIU has written the two pages of the vdso at 0x80000 by itself.</summary>
    public HiddenPagesTests()
    {
        new Pagemap(4, [new PagemapEntry(0x80000, 2, PagePlaces.Present)]).Write(_directory["pagemap-5.img"]);
        File.WriteAllBytes(_directory["pages-4.img"], Bytes.Pages(8, 9));
    }

    private ImageDirectory Images => new(_directory.Path);

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Add_PrivateMemory_IsLazyAndThePagesFileStays()
    {
        Map(ImageSet.Area(0x10000, 4, ImageSet.AnonymousPrivate, flags: Anonymous));
        Add(new PagemapEntry(0x11000, 2, PagePlaces.None));
        Images.ReadPagemap(5)!.Should().BeEquivalentTo(
            new { PagesId = 4u, Entries = new[] { new PagemapEntry(0x11000, 2, PagePlaces.Lazy), new PagemapEntry(0x80000, 2, PagePlaces.Present) } });
    }

    [Theory]
    [InlineData(ImageSet.FilePrivate, Private)]
    [InlineData(ImageSet.MemoryFile | ImageSet.FilePrivate, Private)]
    [InlineData(ImageSet.AnonymousPrivate, Anonymous | Locked)]
    [InlineData(ImageSet.AnonymousPrivate, Anonymous | Huge)]
    [InlineData(ImageSet.MemoryFile | ImageSet.FilePrivate, Private | Huge)]
    public void Add_MemoryThatCanNotBeLazy_HasNoPlaceUntilItIsGivenOne(int status, uint flags)
    {
        Map(ImageSet.Area(0x10000, 2, (uint)status, flags: flags), ImageSet.Area(0x90000, 2, (uint)status, flags: flags));
        Add(new PagemapEntry(0x11000, 1, PagePlaces.None), new PagemapEntry(0x90000, 1, PagePlaces.None));
        Images.ReadPagemap(5)!.Entries.Should().Equal(
            new PagemapEntry(0x11000, 1, PagePlaces.None), new PagemapEntry(0x80000, 2, PagePlaces.Present), new PagemapEntry(0x90000, 1, PagePlaces.None));

        PagemapRewriter.PlaceMissing(Images, static (_, address, pages) => pages.Fill((byte)(address >> 12)));
        Pagemap pagemap = Images.ReadPagemap(5)!;
        pagemap.Entries.Should().Equal(
            new PagemapEntry(0x11000, 1, PagePlaces.Present),
            new PagemapEntry(0x80000, 2, PagePlaces.Present),
            new PagemapEntry(0x90000, 1, PagePlaces.Present));
        File.ReadAllBytes(_directory[pagemap.PagesFileName]).Should().Equal(Bytes.Pages(0x11, 8, 9, 0x90));
    }

    [Fact]
    public void Add_RunOverSeveralMappings_IsCutAndJoinedByPlace()
    {
        Map(
            ImageSet.Area(0x10000, 1, ImageSet.AnonymousPrivate, flags: Anonymous),
            ImageSet.Area(0x11000, 1, ImageSet.AnonymousPrivate, flags: Anonymous),
            ImageSet.Area(0x12000, 1, ImageSet.FilePrivate, flags: Private));
        Add(new PagemapEntry(0x10000, 3, PagePlaces.None));
        Images.ReadPagemap(5)!.Entries.Take(2).Should().Equal(new PagemapEntry(0x10000, 2, PagePlaces.Lazy), new PagemapEntry(0x12000, 1, PagePlaces.None));
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(Private)] // as CRIU before 4.2 lists it
    public void Add_MemoryThatTheKernelMayDrop_IsLeftOut(uint flags)
    {
        Map(
            ImageSet.Area(0x10000, 1, ImageSet.AnonymousPrivate, flags: Anonymous),
            ImageSet.Area(0x11000, 2, ImageSet.AnonymousPrivate, flags: flags | Droppable | 0x20),
            ImageSet.Area(0x13000, 1, ImageSet.AnonymousPrivate, flags: Anonymous));
        Add(new PagemapEntry(0x10000, 4, PagePlaces.None));
        Images.ReadPagemap(5)!.Entries.Take(2).Should().Equal(new PagemapEntry(0x10000, 1, PagePlaces.Lazy), new PagemapEntry(0x13000, 1, PagePlaces.Lazy));
    }

    /// <summary>In silence it would be lost, and the program would read something else after the restore.</summary>
    [Theory]
    [InlineData(0x20000, 1, "*Process 5*1 pages*0x20000*0x20000-0x24000*SharedAnonymous*")]
    [InlineData(0x24000, 1, "*Process 5*1 pages*0x24000*0x24000-0x28000*MemoryFile*")]
    [InlineData(0x28000, 2, "*Process 5*2 pages*0x28000*0x28000-0x2c000*Special*")]
    [InlineData(0x50000, 1, "*Process 5*1 pages*0x50000*no mapping*")]
    [InlineData(0xe000, 3, "*Process 5*2 pages*0xe000*no mapping*")]
    [InlineData(0x13000, 3, "*Process 5*2 pages*0x14000*no mapping*")]
    [InlineData(0x11000, 6, "*Process 5*2 pages*0x14000*no mapping*")]
    public void Add_PageThatTheImagesHaveNoPlaceFor_IsRefused(ulong address, long pages, string message)
    {
        Map(
            ImageSet.Area(0x10000, 4, ImageSet.AnonymousPrivate, flags: Anonymous),
            ImageSet.Area(0x16000, 4, ImageSet.FilePrivate, flags: Private),
            ImageSet.Area(0x20000, 4, ImageSet.AnonymousShared, flags: 0x21),
            ImageSet.Area(0x24000, 4, ImageSet.MemoryFile | ImageSet.Regular | (1 << 7), flags: 1),
            ImageSet.Area(0x28000, 4, (1 << 3) | ImageSet.Regular, flags: Private));
        Action act = () => Add(new PagemapEntry(address, pages, PagePlaces.None));
        act.Should().Throw<CriuException>().WithMessage(message);
        Images.ReadPagemap(5)!.Entries.Should().HaveCount(1, "nothing is written");
    }

    /// <summary>CRIU lists guard regions last, whatever their address.</summary>
    [Fact]
    public void Add_MappingsOutOfOrder_AreFound()
    {
        Map(
            ImageSet.Area(0x50000, 1, ImageSet.AnonymousPrivate, flags: Anonymous),
            ImageSet.Area(0x10000, 1, ImageSet.AnonymousPrivate, flags: Anonymous));
        Add(new PagemapEntry(0x10000, 1, PagePlaces.None), new PagemapEntry(0x50000, 1, PagePlaces.None));
        Images.ReadPagemap(5)!.Entries.Should().HaveCount(3);
    }

    [Fact]
    public void Add_PagesThatAreThereAlready_IsRefused()
    {
        Map(ImageSet.Area(0x80000, 2, ImageSet.AnonymousPrivate, flags: Anonymous));
        Action act = () => Add(new PagemapEntry(0x81000, 1, PagePlaces.None));
        act.Should().Throw<CriuException>().WithMessage("*pagemap-5.img*0x81000*already*");
    }

    [Fact]
    public void Add_NoPagemap_IsRefused()
    {
        Action act = () => HiddenPages.Add(Images, 6, []);
        act.Should().Throw<CriuException>().WithMessage("*pagemap-6.img*missing*");
    }

    private void Map(params VmaEntry[] areas) => ImageSet.WriteMemory(_directory["mm-5.img"], areas);

    private void Add(params PagemapEntry[] resident) => HiddenPages.Add(Images, 5, resident);
}
