using U2CMigration.PageTracking.Features;
using U2CMigration.PageTracking.IntegrationTests.Workload;
using U2CMigration.PageTracking.Interop;
using U2CMigration.PageTracking.Pages;
using U2CMigration.PageTracking.PageTables;
using U2CMigration.PageTracking.WriteProtect;
using static U2CMigration.PageTracking.Interop.NativeMethods;

namespace U2CMigration.PageTracking.IntegrationTests;

/// <summary>
/// Five ways in which the kernel's interfaces lose pages or hurt the program when used in the obvious way. For each, one test shows that the trap is there
/// (should it fail on a newer kernel, the trap is gone), and one that the tracker is not caught in it.
/// </summary>
public sealed class TrapTests : IDisposable
{
    private const int Pages = 512;
    private readonly MemoryWriter _writer;

    public TrapTests()
    {
        TrackingNeeds.WriteProtect();
        _writer = new MemoryWriter();
    }

    [Fact]
    public void Trap1Kernel_MappingMovedBesideARegisteredOne_LosesWritesOfBoth()
    {
        (MemoryBlock block, MemoryBlock other) = MapWithRoomAbove();
        using RawTracking raw = new(_writer.ProcessId);
        raw.Register(block);
        raw.Register(other);
        raw.Scan(block);

        other.MoveTo(block.Address + (Pages * 4096UL));
        block.Write(7, 500);
        raw.Register(block with { Pages = Pages + other.Pages });

        raw.Scan(block).Count(block).Should().BeLessThan(Picked(7, 500));
    }

    [Fact]
    public void Trap1Tracker_MappingMovedBesideARegisteredOne_LosesNothing()
    {
        (MemoryBlock block, MemoryBlock other) = MapWithRoomAbove();
        using WriteProtectTracker tracker = WriteProtectTracker.Attach(_writer.ProcessId);
        tracker.Collect();

        other.MoveTo(block.Address + (Pages * 4096UL));
        block.Write(7, 500);

        ShouldContain(tracker.Collect(), block, 7, 500);
    }

    [Fact]
    public void Trap1Tracker_AfterTheMove_IsExactAgain()
    {
        (MemoryBlock block, MemoryBlock other) = MapWithRoomAbove();
        using WriteProtectTracker tracker = WriteProtectTracker.Attach(_writer.ProcessId);
        tracker.Collect();
        other.MoveTo(block.Address + (Pages * 4096UL));
        tracker.Collect();

        block.Write(7, 500);

        tracker.Collect().ShouldBeExactly(block, 7, 500);
    }

    [Fact]
    public void Trap2Kernel_CheckAndClearOverAnUnregisteredMapping_ForgetsWhatItCleared()
    {
        (MemoryBlock first, MemoryBlock second) = MapTwoApart();
        using RawTracking raw = new(_writer.ProcessId);
        raw.Register(first);
        raw.Scan(first);
        first.Write(7, 500);

        int error = raw.Scan(first, second, PageCategories.Written, RawTracking.Content, PM_SCAN_CHECK_WPASYNC, out _);

        (error, raw.Scan(first).Count(first)).Should().Be((Errno.EPERM, 0));
    }

    [Fact]
    public void Trap2Tracker_UnregisteredMappingInBetween_LosesNothing()
    {
        (MemoryBlock first, MemoryBlock second) = MapTwoApart();
        using AddressSpace space = new(_writer.ProcessId, new PagemapScanner(KernelFeatures.Probe()), KernelFeatures.Probe());
        PagemapScanner scanner = new(KernelFeatures.Probe());
        using WriteProtection protection = new(space, scanner);
        second.Unmap();
        CollectOnce(space, protection);
        space.TryReadAreas();

        // Comes after the map was read, so it is not registered when the scan runs.
        second.Replace();
        second.WriteAll();
        first.Write(7, 500);
        PageSet dirty = new();
        protection.Collect(dirty, TestContext.Current.CancellationToken);

        dirty.ShouldBeExactly(first, 7, 500);
    }

    [Fact]
    public void Trap3Kernel_RegisteringStaleBounds_BreaksTheProgramsMremap()
    {
        MemoryBlock block = _writer.Map(2 * Pages);
        block.WriteAll();
        using RawTracking raw = new(_writer.ProcessId);

        raw.Register(block.Part(0, Pages));

        _writer.Ask($"move {block.Address:x} {block.Pages}").Should().Be("0", "mremap does not take two mappings at once");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Trap3Tracker_MappingGrownAfterTheMapWasRead_CanStillBeMoved(bool procmapQuery)
    {
        MemoryBlock block = MapWithHole(firstMissingPage: Pages);
        KernelFeatures features = KernelFeatures.Probe() with { ProcmapQuery = procmapQuery };
        PagemapScanner scanner = new(features);
        using AddressSpace space = new(_writer.ProcessId, scanner, features);
        using WriteProtection protection = new(space, scanner);
        space.TryReadAreas();

        block.Part(Pages, Pages).Replace();
        protection.Collect(new PageSet(), TestContext.Current.CancellationToken);

        _writer.Ask($"move {block.Address:x} {block.Pages}").Should().NotBe("0");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Trap3Tracker_MappingAppearedBesideAGrowingOne_IsRegisteredInTheSamePass(bool procmapQuery)
    {
        KernelFeatures features = KernelFeatures.Probe() with { ProcmapQuery = procmapQuery };
        MemoryBlock block = MapWithHole(firstMissingPage: Pages);
        block.Part(0, Pages).WriteAll();
        PagemapScanner scanner = new(features);
        using AddressSpace space = new(_writer.ProcessId, scanner, features);
        using WriteProtection protection = new(space, scanner);
        space.TryReadAreas();

        // Written before the gap is closed, so that the two stay two.
        MemoryBlock upper = block.Part(Pages + 1, Pages - 1);
        upper.Replace();
        upper.WriteAll();
        block.Part(Pages, 1).Replace();
        PageSet dirty = new();
        protection.Collect(dirty, TestContext.Current.CancellationToken);

        dirty.Count(upper).Should().Be(upper.Pages);
    }

    [Fact]
    public void Trap3Tracker_MappingGrownBesideARegisteredOne_IsJoinedAtOnce()
    {
        MemoryBlock block = MapWithHole(firstMissingPage: Pages);
        using WriteProtectTracker tracker = WriteProtectTracker.Attach(_writer.ProcessId);
        tracker.Collect();

        block.Part(Pages, Pages).Replace();
        tracker.Collect();

        _writer.Ask($"move {block.Address:x} {block.Pages}").Should().NotBe("0");
    }

    [Fact]
    public void Trap4Kernel_MaskOfWrittenOnly_ReportsHolesAndLeavesMarkers()
    {
        MemoryBlock block = _writer.Map(Pages);
        using RawTracking raw = new(_writer.ProcessId);
        raw.Register(block);

        raw.Scan(block, block, PageCategories.Written, PageCategories.None, 0, out PageSet found);

        (found.Count(block), PageEntries.CountMarkers(block)).Should().Be((Pages, Pages));
    }

    [Fact]
    public void Trap4Tracker_FreshMapping_IsNeitherReportedNorMarked()
    {
        MemoryBlock block = _writer.Map(Pages);
        using WriteProtectTracker tracker = WriteProtectTracker.Attach(_writer.ProcessId);

        int reported = tracker.Collect().Count(block);

        (reported, PageEntries.CountMarkers(block)).Should().Be((0, 0));
    }

    [Fact]
    public void Trap5Kernel_MovedMapping_IsNotTrackedAnyMore()
    {
        MemoryBlock block = _writer.Map(Pages);
        block.WriteAll();
        using RawTracking raw = new(_writer.ProcessId);
        raw.Register(block);
        raw.Scan(block);

        MemoryBlock moved = block.Move();
        moved.Write(7, 500);

        raw.Scan(moved).Count(moved).Should().Be(0);
    }

    [Fact]
    public void Trap5Tracker_MovedMapping_LosesNothing()
    {
        MemoryBlock block = _writer.Map(Pages);
        block.WriteAll();
        using WriteProtectTracker tracker = WriteProtectTracker.Attach(_writer.ProcessId);
        tracker.Collect();

        MemoryBlock moved = block.Move();
        moved.Write(7, 500);

        ShouldContain(tracker.Collect(), moved, 7, 500);
    }

    public void Dispose() => _writer?.Dispose();

    private static int Picked(ulong seed, int permille) => Enumerable.Range(0, Pages).Count(page => WritePattern.Picks(seed, page, permille));

    private static void ShouldContain(PageSet dirty, MemoryBlock block, ulong seed, int permille)
    {
        System.Collections.BitArray reported = dirty.PagesOf(block);
        Enumerable.Range(0, block.Pages).Where(page => WritePattern.Picks(seed, page, permille) && !reported[page]).Should().BeEmpty();
    }

    private static void CollectOnce(AddressSpace space, WriteProtection protection)
    {
        space.TryReadAreas();
        protection.Collect(new PageSet(), CancellationToken.None);
    }

    /// <summary>A written block with inaccessible memory above it, and a small untouched block elsewhere.</summary>
    private (MemoryBlock Block, MemoryBlock Other) MapWithRoomAbove()
    {
        MemoryBlock room = _writer.Map(4 * Pages);
        room.Protect(0);
        MemoryBlock block = room.Part(0, Pages);
        MemoryBlock other = _writer.Map(64);

        // Made in the same way, or the kernel does not merge them.
        block.Replace();
        other.Replace();
        block.WriteAll();
        return (block, other);
    }

    /// <summary>A block whose upper part is not mapped; what is put there in the same way becomes one mapping with the lower part.</summary>
    private MemoryBlock MapWithHole(int firstMissingPage)
    {
        MemoryBlock block = _writer.Map(2 * Pages);
        block.Replace();
        block.Part(firstMissingPage, block.Pages - firstMissingPage).Unmap();
        return block;
    }

    /// <summary>Two written blocks with a page between them that keeps them apart.</summary>
    private (MemoryBlock First, MemoryBlock Second) MapTwoApart()
    {
        MemoryBlock all = _writer.Map((2 * Pages) + 1);
        all.WriteAll();
        all.Part(Pages, 1).Unmap();
        return (all.Part(0, Pages), all.Part(Pages + 1, Pages));
    }
}
