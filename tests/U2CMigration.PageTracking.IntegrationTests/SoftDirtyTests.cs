using U2CMigration.PageTracking.Features;
using U2CMigration.PageTracking.IntegrationTests.Workload;
using U2CMigration.PageTracking.Pages;
using U2CMigration.PageTracking.SoftDirty;
using U2CMigration.Testing;

namespace U2CMigration.PageTracking.IntegrationTests;

/// <summary>What is particular to tracking by soft-dirty bits: reading and clearing are two steps, and the bits belong to nobody.</summary>
public sealed class SoftDirtyTests : IDisposable
{
    private const int Pages = 2048;
    private readonly MemoryWriter _writer;
    private readonly SoftDirtyTracker _tracker;

    public SoftDirtyTests()
    {
        TrackingNeeds.SoftDirty();
        _writer = new MemoryWriter();
        _tracker = SoftDirtyTracker.Attach(_writer.ProcessId);
    }

    [Fact]
    public void Probe_KernelWithTheBits_FindsThem() => KernelFeatures.Probe().MissingForSoftDirty.Should().BeEmpty();

    [Fact]
    public void Collect_Twice_StopsTheProcessOnlyBriefly()
    {
        MemoryBlock block = _writer.Map(Pages);
        block.WriteAll();
        _tracker.Collect();
        _tracker.Statistics.LongestStop.Should().Be(TimeSpan.Zero, "the first collection stops nothing");

        _tracker.Collect();

        _tracker.Statistics.LongestStop.Should().BePositive().And.BeLessThan(TimeSpan.FromSeconds(1));
        Signals.WaitForState(_writer.ProcessId, 'S').Should().BeTrue("it runs on");
    }

    [Fact]
    public void Collect_FrozenTree_IsNotStoppedAgain()
    {
        MemoryBlock block = _writer.Map(Pages);
        block.WriteAll();
        _tracker.Collect();
        block.Write(7, 100);
        using FrozenGroup group = FrozenGroup.Freeze(2, _writer.ProcessId);

        _tracker.Collect().ShouldBeExactly(block, 7, 100);

        _tracker.Statistics.LongestStop.Should().Be(TimeSpan.Zero);
    }

    [Fact]
    public void Collect_StoppedBySignal_IsExactAndStaysStopped()
    {
        MemoryBlock block = _writer.Map(Pages);
        block.WriteAll();
        _tracker.Collect();
        block.Write(7, 100);
        Signals.Stop(_writer.ProcessId);

        _tracker.Collect().ShouldBeExactly(block, 7, 100);

        Signals.WaitForState(_writer.ProcessId, 'T').Should().BeTrue();
        Signals.Send(_writer.ProcessId, Signals.Continue);
    }

    [Fact]
    public void Collect_TracedByADebugger_ReportsAgainWhatItCanNotClear()
    {
        MemoryBlock block = _writer.Map(Pages);
        block.WriteAll();
        _tracker.Collect();
        block.Write(7, 100);
        using TracerProcess debugger = new(_writer.ProcessId);

        PageSet first = _tracker.Collect();
        PageSet second = _tracker.Collect();

        first.ShouldBeExactly(block, 7, 100);
        second.ShouldBeExactly(block, 7, 100);
        _tracker.Statistics.UnclearedCollections.Should().Be(2);
    }

    [Fact]
    public void Collect_ChildInBorrowedMemory_LeavesTheBits()
    {
        MemoryBlock block = _writer.Map(Pages);
        block.WriteAll();
        _tracker.Collect();
        _writer.Do("vfork");
        SpinWait.SpinUntil(() => Processes.ProcessTree.List(_writer.ProcessId).Count > 1, TimeSpan.FromSeconds(20)).Should().BeTrue();

        _tracker.Collect();

        _tracker.Statistics.UnclearedCollections.Should().Be(1);
    }

    [Fact]
    public void Collect_PageTableMovedAsAWhole_IsReportedAtTheNewPlace()
    {
        // From 2 MiB boundary to 2 MiB boundary mremap moves page tables, not entries, and sets no bits.
        MemoryBlock room = _writer.Map(8 * 512);
        MemoryBlock target = AlignedPart(room, 512);
        MemoryBlock block = AlignedPart(_writer.Map(3 * 512), 512);
        block.WriteAll();
        _tracker.Collect();
        _tracker.Collect();

        MemoryBlock moved = block.MoveTo(target.Address);

        PageEntries.CountSoftDirty(moved).Should().Be(0, "else the kernel has become better, and the tracker need not compare what is resident");
        _tracker.Collect().Count(moved).Should().Be(512);
    }

    public void Dispose()
    {
        _tracker?.Dispose();
        _writer?.Dispose();
    }

    private static MemoryBlock AlignedPart(MemoryBlock block, int pages)
    {
        const ulong Boundary = 512 * 4096;
        ulong address = (block.Address + Boundary - 1) & ~(Boundary - 1);
        return new MemoryBlock(block.Writer, address, pages);
    }
}
