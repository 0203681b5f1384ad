using U2CMigration.Criu.Images;
using U2CMigration.Criu.Protobuf.Images;

namespace U2CMigration.Criu.Tests.Images;

public sealed class EagerPagesTests : IDisposable
{
    private const uint Private = 0x02;
    private const ulong DoNotFork = 1 << 10;
    private const ulong DoNotDump = 1 << 16;
    private const ulong WipeOnFork = 1 << 18;

    private readonly TemporaryDirectory _directory = new();

    private ImageDirectory Images => new(_directory.Path);

    public void Dispose() => _directory.Dispose();

    /// <summary>What the pages of such a mapping are in a child is up to the kernel, which knows only those that are there.</summary>
    [Theory]
    [InlineData(WipeOnFork, PagePlaces.None)]
    [InlineData(DoNotFork, PagePlaces.None)]
    [InlineData(WipeOnFork | DoNotDump, PagePlaces.None)]
    [InlineData(DoNotDump, PagePlaces.Lazy)]
    [InlineData(0UL, PagePlaces.Lazy)]
    public void Demand_LazyPagesOfAMappingWithAdvice_HaveNoPlaceWhereChildrenDoNotGetThem(ulong advice, PagePlaces expected)
    {
        Map(Area(0x10000, 2, advice));
        new Pagemap(1, [new PagemapEntry(0x10000, 2, PagePlaces.Lazy)]).Write(_directory["pagemap-5.img"]);

        EagerPages.Demand(Images, 5)!.Entries.Should().Equal(new PagemapEntry(0x10000, 2, expected));
    }

    [Fact]
    public void Demand_RunOverSeveralMappings_IsCutAtTheirBounds()
    {
        Map(Area(0x10000, 2, 0), Area(0x12000, 2, WipeOnFork), Area(0x14000, 2, 0));
        new Pagemap(1, [new PagemapEntry(0x11000, 4, PagePlaces.Lazy)]).Write(_directory["pagemap-5.img"]);

        EagerPages.Demand(Images, 5);

        Images.ReadPagemap(5)!.Entries.Should().Equal(
            new PagemapEntry(0x11000, 1, PagePlaces.Lazy), new PagemapEntry(0x12000, 2, PagePlaces.None), new PagemapEntry(0x14000, 1, PagePlaces.Lazy));
    }

    [Fact]
    public void Demand_PagesThatTheCallerNames_HaveNoPlaceAndOthersStay()
    {
        Map(Area(0x10000, 16, 0));
        new Pagemap(1, [new PagemapEntry(0x10000, 4, PagePlaces.Lazy), new PagemapEntry(0x18000, 1, PagePlaces.Present)]).Write(_directory["pagemap-5.img"]);

        EagerPages.Demand(Images, 5, [new PagemapEntry(0x11000, 1, PagePlaces.None), new PagemapEntry(0x13000, 6, PagePlaces.None)])!.Entries.Should().Equal(
            new PagemapEntry(0x10000, 1, PagePlaces.Lazy),
            new PagemapEntry(0x11000, 1, PagePlaces.None),
            new PagemapEntry(0x12000, 1, PagePlaces.Lazy),
            new PagemapEntry(0x13000, 1, PagePlaces.None),
            new PagemapEntry(0x18000, 1, PagePlaces.Present));
    }

    [Fact]
    public void Demand_NoPagemap_IsNothing() => EagerPages.Demand(Images, 5).Should().BeNull();

    private static VmaEntry Area(ulong start, ulong pages, ulong advice)
    {
        VmaEntry area = ImageSet.Area(start, pages, ImageSet.AnonymousPrivate | 1, flags: Private | 0x20);
        area.Madv = advice;
        return area;
    }

    private void Map(params VmaEntry[] areas) => ImageSet.WriteMemory(_directory["mm-5.img"], areas);
}
