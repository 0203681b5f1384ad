using U2CMigration.PageTracking.IntegrationTests.Workload;
using U2CMigration.PageTracking.WriteProtect;

namespace U2CMigration.PageTracking.IntegrationTests;

/// <summary>Mappings come, go, move and grow under the tracker.</summary>
public sealed class MappingChangeTests : IDisposable
{
    private const int Pages = 1024;
    private readonly MemoryWriter _writer;
    private readonly WriteProtectTracker _tracker;

    public MappingChangeTests()
    {
        TrackingNeeds.WriteProtect();
        _writer = new MemoryWriter();
        _tracker = WriteProtectTracker.Attach(_writer.ProcessId);
        _tracker.Collect();
    }

    [Fact]
    public void Collect_NewMapping_ReportsItsWrites()
    {
        MemoryBlock block = _writer.Map(Pages);

        block.Write(7, 100);

        _tracker.Collect().ShouldBeExactly(block, 7, 100);
    }

    [Fact]
    public void Collect_MappingSeenEmptyBefore_ReportsItsWrites()
    {
        MemoryBlock block = _writer.Map(Pages);
        _tracker.Collect().Count(block).Should().Be(0);

        block.Write(7, 100);

        _tracker.Collect().ShouldBeExactly(block, 7, 100);
    }

    [Theory]
    [InlineData("anon")]
    [InlineData("thp")]
    [InlineData("file")]
    [InlineData("memfd")]
    public void Collect_MovedMapping_IsReportedInFullAtTheNewPlace(string memory)
    {
        MemoryBlock block = _writer.Map(Pages, memory);
        block.WriteAll();
        _tracker.Collect();

        MemoryBlock moved = block.Move();

        _tracker.Collect().Count(moved).Should().Be(Pages);
    }

    [Fact]
    public void Collect_AfterAMove_IsExactAgain()
    {
        MemoryBlock block = _writer.Map(Pages);
        block.WriteAll();
        _tracker.Collect();
        MemoryBlock moved = block.Move();
        _tracker.Collect();

        moved.Write(7, 100);

        _tracker.Collect().ShouldBeExactly(moved, 7, 100);
    }

    [Fact]
    public void Collect_MappingReplacedInPlace_ReportsOnlyLaterWrites()
    {
        MemoryBlock block = _writer.Map(Pages);
        block.WriteAll();
        _tracker.Collect();

        block.Replace();
        block.Write(7, 30);

        _tracker.Collect().ShouldBeExactly(block, 7, 30);
    }

    [Fact]
    public void Collect_UnmappedAndMappedAtTheSamePlace_ReportsLaterWrites()
    {
        MemoryBlock block = _writer.Map(Pages);
        block.WriteAll();
        _tracker.Collect();

        block.Unmap();
        block.Replace();
        block.Write(7, 30);

        _tracker.Collect().ShouldBeExactly(block, 7, 30);
    }

    [Fact]
    public void Collect_HeapGrows_ReportsWritesInOldAndNewPart()
    {
        MemoryBlock first = _writer.Grow(Pages);
        first.WriteAll();
        _tracker.Collect();

        MemoryBlock both = first with { Pages = 2 * Pages };
        _writer.Grow(Pages);
        both.Write(7, 100);

        _tracker.Collect().ShouldBeExactly(both, 7, 100);
    }

    [Fact]
    public void Collect_MappingSplitByProtection_ReportsWritesOnBothSides()
    {
        MemoryBlock block = _writer.Map(Pages);
        block.WriteAll();
        _tracker.Collect();

        block.Part(Pages / 2, 10).Protect(1);
        block.Write(7, 100, pages: Pages / 2);
        MemoryBlock upper = block.Part((Pages / 2) + 10, (Pages / 2) - 10);
        upper.Write(8, 100);
        WriteProtectTracker tracker = _tracker;

        var dirty = tracker.Collect();
        dirty.ShouldBeExactly(block.Part(0, Pages / 2), 7, 100);
        dirty.ShouldBeExactly(upper, 8, 100);
    }

    [Fact]
    public void CollectResident_UnmappedMapping_IsGone()
    {
        MemoryBlock block = _writer.Map(Pages);
        block.WriteAll();
        _tracker.Collect();

        block.Unmap();

        _tracker.CollectResident().Count(block).Should().Be(0);
    }

    [Fact]
    public void CollectResident_MoreThan512Runs_IsExact()
    {
        MemoryBlock block = _writer.Map(8 * Pages);

        block.Write(7, 500);

        _tracker.CollectResident().ShouldBeExactly(block, 7, 500);
    }

    [Fact]
    public void Collect_MappingThatCanNotBeRegistered_IsReportedInFullEachTime()
    {
        MemoryBlock block = _writer.Map(Pages);
        block.WriteAll();
        _writer.Do($"occupy {block.Address:x} {block.Pages}");
        _tracker.Collect();

        _tracker.Collect().Count(block).Should().Be(Pages);
    }

    [Fact]
    public void Collect_BesideAMappingThatCanNotBeRegistered_IsExact()
    {
        MemoryBlock occupied = _writer.Map(Pages);
        occupied.WriteAll();
        MemoryBlock block = _writer.Map(Pages);
        block.WriteAll();
        _writer.Do($"occupy {occupied.Address:x} {occupied.Pages}");
        _tracker.Collect();

        block.Write(7, 100);

        _tracker.Collect().ShouldBeExactly(block, 7, 100);
    }

    [Fact]
    public void Statistics_AfterACollection_CountWhatWasRegistered() => _tracker.Statistics.RegisteredAreas.Should().BePositive();

    public void Dispose()
    {
        _tracker?.Dispose();
        _writer?.Dispose();
    }
}
