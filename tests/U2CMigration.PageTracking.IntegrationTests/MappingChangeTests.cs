using U2CMigration.PageTracking.IntegrationTests.Workload;
using U2CMigration.PageTracking.Pages;
using U2CMigration.PageTracking.Trackers;

namespace U2CMigration.PageTracking.IntegrationTests;

/// <summary>Mappings come, go, move and grow under each tracker.</summary>
public abstract class MappingChangeTests : IDisposable
{
    private const int Pages = 1024;
    private readonly TrackedBy _tracked;
    private readonly MemoryWriter _writer;
    private readonly IPageTracker _tracker;

    private protected MappingChangeTests(TrackedBy tracked)
    {
        tracked.Require();
        _tracked = tracked;
        _writer = new MemoryWriter();
        _tracker = tracked.AttachTo(_writer);
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

        _tracked.ShouldReport(_tracker.Collect(), both, 7, 100, "grown");
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

        PageSet dirty = _tracker.Collect();
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

    public void Dispose()
    {
        _tracker?.Dispose();
        _writer?.Dispose();
        GC.SuppressFinalize(this);
    }
}

public sealed class WriteProtectMappingChangeTests() : MappingChangeTests(TrackedBy.WriteProtect);

public sealed class MixedMappingChangeTests() : MappingChangeTests(TrackedBy.Mixed);

public sealed class SoftDirtyMappingChangeTests() : MappingChangeTests(TrackedBy.SoftDirty);

public sealed class SoftDirtyEntriesMappingChangeTests() : MappingChangeTests(TrackedBy.SoftDirtyEntries);

public sealed class ContentHashMappingChangeTests() : MappingChangeTests(TrackedBy.ContentHash);
