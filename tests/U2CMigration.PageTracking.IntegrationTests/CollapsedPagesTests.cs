using U2CMigration.PageTracking.IntegrationTests.Workload;
using U2CMigration.PageTracking.Pages;
using U2CMigration.PageTracking.Trackers;

namespace U2CMigration.PageTracking.IntegrationTests;

/// <summary>
/// A stopped process writes nothing, but its pages still come: khugepaged joins small pages to huge ones and fills what was discarded with zeros. A copy still holds there what was discarded.
/// </summary>
public abstract class CollapsedPagesTests : IDisposable
{
    private const int Pages = 1024;
    private readonly MemoryWriter _writer;
    private readonly IPageTracker _tracker;
    private readonly ShadowCopy _copy;

    private protected CollapsedPagesTests(TrackedBy tracked)
    {
        tracked.Require();
        _writer = new MemoryWriter();
        _tracker = tracked.AttachTo(_writer);
        _copy = new ShadowCopy(_writer.ProcessId, _tracker as ICopyObserver);
    }

    [Fact]
    public void Copy_WhenDiscardedPagesComeBackBetweenTheLastLooks_HasNoStalePage()
    {
        MemoryBlock block = StopWithHoles();

        PageSet resident = _copy.Complete(_tracker, () => HugePages.TryCollapse(block));

        _copy.FindStale(resident).Should().BeEmpty();
    }

    [Fact]
    public void Copy_WhenDiscardedPagesComeBackBeforeTheLastLooks_HasNoStalePage()
    {
        MemoryBlock block = StopWithHoles();
        HugePages.TryCollapse(block);

        PageSet resident = _copy.Complete(_tracker);

        _copy.FindStale(resident).Should().BeEmpty();
    }

    /// <summary>Huge pages that were written and copied, and then discarded here and there.</summary>
    private MemoryBlock StopWithHoles()
    {
        MemoryBlock block = _writer.Map(Pages, "thp");
        block.WriteAll();
        _copy.Update(_tracker.Collect());
        block.Discard(7, 100);
        _copy.Update(_tracker.Collect());
        Signals.Stop(_writer.ProcessId);
        return block;
    }

    public void Dispose()
    {
        GC.SuppressFinalize(this);
        _copy.Dispose();
        _tracker.Dispose();
        _writer.Dispose();
    }
}

public sealed class WriteProtectCollapsedPagesTests() : CollapsedPagesTests(TrackedBy.WriteProtect);

public sealed class SoftDirtyCollapsedPagesTests() : CollapsedPagesTests(TrackedBy.SoftDirty);

public sealed class SoftDirtyEntriesCollapsedPagesTests() : CollapsedPagesTests(TrackedBy.SoftDirtyEntries);

public sealed class ContentHashCollapsedPagesTests() : CollapsedPagesTests(TrackedBy.ContentHash);

public sealed class ContentHashEntriesCollapsedPagesTests() : CollapsedPagesTests(TrackedBy.ContentHashEntries);
