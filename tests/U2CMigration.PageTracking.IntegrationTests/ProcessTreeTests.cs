using System.Globalization;
using U2CMigration.PageTracking.IntegrationTests.Workload;
using U2CMigration.PageTracking.Pages;
using U2CMigration.PageTracking.Trackers;

namespace U2CMigration.PageTracking.IntegrationTests;

/// <summary>Processes of a tree fork, execute other programs and end while they are tracked, in each way.</summary>
public abstract class ProcessTreeTests : IDisposable
{
    private const int Pages = 256;
    private readonly TrackedBy _tracked;
    private readonly MemoryWriter _writer;

    private protected ProcessTreeTests(TrackedBy tracked)
    {
        tracked.Require();
        _tracked = tracked;
        _writer = new MemoryWriter();
    }

    [Fact]
    public void Attach_TreeOfTwo_TracksBoth()
    {
        int child = _writer.Fork();

        using IPageTracker tracker = _tracked.AttachTo(_writer);

        tracker.ProcessIds.Should().Equal(_writer.ProcessId, child);
    }

    [Fact]
    public void Collect_ChildForkedMeanwhile_IsReportedInFull()
    {
        MemoryBlock block = _writer.Map(Pages);
        block.WriteAll();
        using IPageTracker tracker = _tracked.AttachTo(_writer);
        tracker.Collect();

        int child = _writer.Fork();

        tracker.Collect().Count(block, child).Should().Be(Pages);
    }

    [Fact]
    public void Collect_EachProcessWritesItsOwn_IsExactForEach()
    {
        MemoryBlock block = _writer.Map(Pages);
        block.WriteAll();
        int first = _writer.Fork();
        using IPageTracker tracker = _tracked.AttachTo(_writer);
        tracker.Collect();
        int second = _writer.Fork();
        tracker.Collect();

        block.Write(7, 100);
        TellToWrite(first, block, 8);
        TellToWrite(second, block, 9);

        PageSet dirty = tracker.Collect();
        dirty.ShouldBeExactly(block, 7, 100);
        dirty.ShouldBeExactly(block, 8, 100, first);
        dirty.ShouldBeExactly(block, 9, 100, second);
    }

    [Fact]
    public void Collect_GrandchildAppears_IsTracked()
    {
        int child = _writer.Fork();
        using IPageTracker tracker = _tracked.AttachTo(_writer);

        int grandchild = int.Parse(_writer.Ask($"to {child} fork"), CultureInfo.InvariantCulture);

        tracker.Collect().Processes.Select(static pages => pages.ProcessId).Should().Equal(_writer.ProcessId, child, grandchild);
    }

    [Fact]
    public void Collect_ChildEnded_HasNoEntry()
    {
        int child = _writer.Fork();
        using IPageTracker tracker = _tracked.AttachTo(_writer);
        tracker.Collect();

        _writer.Do($"to {child} quit");

        tracker.Collect().TryGet(child, out _).Should().BeFalse();
    }

    [Fact]
    public void Collect_IdleChild_HasAnEmptyEntry()
    {
        int child = _writer.Fork();
        using IPageTracker tracker = _tracked.AttachTo(_writer);
        tracker.Collect();

        tracker.Collect().TryGet(child, out ProcessPages? pages).Should().BeTrue();

        // The kernel itself writes a page when a stopped thread runs on (struct rseq).
        pages!.PageCount.Should().BeLessThanOrEqualTo(_tracked.ReportsWhole ? 2 : 0);
    }

    [Fact]
    public void Collect_ProgramExecuted_ReportsTheNewMemoryInFull()
    {
        using IPageTracker tracker = _tracked.AttachTo(_writer);
        tracker.Collect();

        _writer.Ask("exec").Should().Be("ready");
        PageSet dirty = tracker.Collect();

        long resident = tracker.CollectResident().PageCount;
        dirty.PageCount.Should().Be(resident).And.BePositive();
    }

    /// <summary>What is opened of it before is the memory of its parent, which lives on.</summary>
    [Fact]
    public void Collect_ChildOfVforkExecutesMeanwhile_ReportsMemoryOfItsOwn()
    {
        MemoryBlock block = _writer.Map(Pages);
        block.WriteAll();
        using IPageTracker tracker = _tracked.AttachTo(_writer);
        _writer.Do("vforkexec");
        int child = WaitForChild();
        tracker.Collect();
        SpinWait.SpinUntil(() => File.ReadAllText($"/proc/{child}/comm").StartsWith("sleep", StringComparison.Ordinal), TimeSpan.FromSeconds(10)).Should().BeTrue();

        tracker.Collect();

        PageSet resident = tracker.CollectResident();
        resident.Count(block, child).Should().Be(0);
        resident.TryGet(child, out ProcessPages? pages).Should().BeTrue();
        pages!.PageCount.Should().BePositive();
    }

    [Fact]
    public void Collect_AfterAnExec_IsExact()
    {
        using IPageTracker tracker = _tracked.AttachTo(_writer);
        tracker.Collect();
        _writer.Ask("exec").Should().Be("ready");
        MemoryBlock block = _writer.Map(Pages);
        block.WriteAll();
        tracker.Collect();

        block.Write(7, 100);

        tracker.Collect().ShouldBeExactly(block, 7, 100);
    }

    [Fact]
    public void Collect_ChildBetweenVforkAndExec_DoesNotRobItsParent()
    {
        MemoryBlock block = _writer.Map(Pages);
        block.WriteAll();
        _writer.Do("vfork");
        int child = WaitForChild();
        using IPageTracker tracker = _tracked.AttachTo(_writer);
        tracker.Collect();

        block.Write(7, 100);

        PageSet dirty = tracker.Collect();
        dirty.ShouldBeExactly(block, 7, 100);
        dirty.Count(block, child).Should().Be(_tracked.ComparesContent ? dirty.Count(block) : Pages, "a process in borrowed memory is reported in full, or compared by itself");
    }

    [Fact]
    public void Attach_MainThreadEndedOthersRun_SaysSo()
    {
        _writer.Do("leave");
        Signals.WaitForState(_writer.ProcessId, _writer.ProcessId, 'Z').Should().BeTrue();

        Action attach = () => _tracked.AttachTo(_writer).Collect();

        attach.Should().Throw<PageTrackingException>().WithMessage("*main thread*has ended while others run on*");
    }

    [Fact]
    public void Collect_RootEnded_SaysSo()
    {
        using IPageTracker tracker = _tracked.AttachTo(_writer);

        _writer.Kill();

        tracker.Invoking(static t => t.Collect()).Should().Throw<PageTrackingException>().WithMessage("*has ended*");
    }

    [Fact]
    public void Dispose_ProcessEnded_DoesNotThrow()
    {
        IPageTracker tracker = _tracked.AttachTo(_writer);
        tracker.Collect();
        _writer.Kill();

        tracker.Invoking(static t => t.Dispose()).Should().NotThrow();
    }

    public void Dispose()
    {
        _writer?.Dispose();
        GC.SuppressFinalize(this);
    }

    private void TellToWrite(int child, MemoryBlock block, ulong seed) =>
        _writer.Do($"to {child} write {block.Address:x} {block.Pages} {seed} 100 u");

    private int WaitForChild()
    {
        IReadOnlyList<int> tree = [];
        SpinWait.SpinUntil(() => (tree = Processes.ProcessTree.List(_writer.ProcessId)).Count > 1, TimeSpan.FromSeconds(10)).Should().BeTrue();
        return tree[1];
    }
}

public sealed class WriteProtectProcessTreeTests() : ProcessTreeTests(TrackedBy.WriteProtect);

public sealed class MixedProcessTreeTests() : ProcessTreeTests(TrackedBy.Mixed);

public sealed class SoftDirtyProcessTreeTests() : ProcessTreeTests(TrackedBy.SoftDirty);

public sealed class ContentHashProcessTreeTests() : ProcessTreeTests(TrackedBy.ContentHash);
