using U2CMigration.PageTracking.Pages;
using U2CMigration.Testing;

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

    [Fact]
    public void Add_AfterClear_DoesNotAllocate()
    {
        PageSet set = new();
        set.Add(1, 0x1000, 0x2000);
        set.Clear();
        set.Add(1, 0x1000, 0x2000);
        set.Clear();

        long allocated = Allocation.LeastOf(5, () =>
        {
            set.Add(1, 0x3000, 0x4000);
            set.Clear();
        });

        allocated.Should().Be(0);
    }

    [Fact]
    public void Clear_ThenAdd_HoldsOnlyTheNewPages()
    {
        PageSet set = new();
        set.Add(1, 0x5000, 0x6000);
        set.Clear();

        set.Add(1, 0x1000, 0x2000);

        set.Of(1).Ranges.ToArray().Should().Equal(new PageRange(0x1000, 0x2000));
    }
}
