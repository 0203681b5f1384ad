using U2CMigration.PageTracking.Pages;

namespace U2CMigration.PageTracking.Tests;

public sealed class PageSetTests
{
    [Fact]
    public void Add_AdjacentRuns_AreOneRun()
    {
        var set = new PageSet();

        set.Add(1, 0x1000, 0x3000);
        set.Add(1, 0x3000, 0x4000);
        set.Add(2, 0x3000, 0x4000);

        set.Of(1).Ranges.ToArray().Should().Equal(new PageRange(0x1000, 0x4000));
        set.PageCount.Should().Be(4);
    }

    [Fact]
    public void Add_RunBelowTheLast_Throws()
    {
        var set = new PageSet();
        set.Add(1, 0x3000, 0x4000);

        Action add = () => set.Add(1, 0x1000, 0x2000);

        add.Should().Throw<ArgumentOutOfRangeException>();
    }
}
