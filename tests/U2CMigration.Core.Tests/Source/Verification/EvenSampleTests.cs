using U2CMigration.Core.Source.Verification;
using U2CMigration.PageTracking.Pages;

namespace U2CMigration.Core.Tests.Source.Verification;

public sealed class EvenSampleTests
{
    [Fact]
    public void Of_NotMoreThanWanted_IsEverything()
    {
        FrozenMapping[] mappings = [Mapping(0x1000, 60), Mapping(0x100000, 4)];
        EvenSample.Of(mappings, 64).Should().Equal(mappings);
    }

    [Fact]
    public void Of_MoreThanWanted_IsThatManyAtEqualDistances()
    {
        List<FrozenMapping> sample = EvenSample.Of([Mapping(0x100000, 1000)], 10);
        sample.Should().ContainSingle().Which.Ranges.Select(static range => (range.Start - 0x100000) >> 12).Should().Equal(50UL, 150, 250, 350, 450, 550, 650, 750, 850, 950);
        sample[0].Ranges.Should().OnlyContain(static range => range.Pages == 1);
    }

    /// <summary>What is wrong with all of a small mapping would be missed otherwise.</summary>
    [Fact]
    public void Of_SmallMappingsBesideALargeOne_EachHasAPage()
    {
        FrozenMapping[] mappings = [Mapping(0x1000, 3), Mapping(0x100000, 100_000), Mapping(0x7000_0000, 1), Mapping(0x7100_0000, 7)];
        List<FrozenMapping> sample = EvenSample.Of(mappings, 100);
        sample.Select(static mapping => mapping.Ranges[0].Start >> 20).Should().Equal(0UL, 2, 0x700, 0x710);
        sample.Sum(static mapping => mapping.Pages).Should().BeInRange(100, 103);
    }

    [Fact]
    public void Of_MoreMappingsThanPages_StaysWithinTwiceAsMany()
    {
        FrozenMapping[] mappings = [.. Enumerable.Range(1, 1000).Select(static number => Mapping((ulong)number << 20, 3))];
        EvenSample.Of(mappings, 100).Sum(static mapping => mapping.Pages).Should().BeInRange(100, 200);
    }

    [Fact]
    public void Of_MappingWithHoles_PicksPagesThatAreThere()
    {
        var mapping = new FrozenMapping(7, IsLazy: true, [new PageRange(0x10000, 0x20000), new PageRange(0x40000, 0x50000), new PageRange(0x90000, 0xa0000)]);
        EvenSample.Of([mapping], 12).Single().Ranges.Should().HaveCount(12).And.OnlyHaveUniqueItems()
            .And.OnlyContain(page => mapping.Ranges.Any(range => range.Contains(page.Start)));
    }

    private static FrozenMapping Mapping(ulong start, int pages) => new(7, IsLazy: false, [new PageRange(start, start + ((ulong)pages << 12))]);
}
