using Microsoft.Win32.SafeHandles;
using U2CMigration.Criu.LazyPages;
using U2CMigration.Criu.LazyPages.Ranges;
using U2CMigration.Criu.LazyPages.Serving;

namespace U2CMigration.Criu.Tests.LazyPages;

public sealed class TaskMessagesTests
{
    private const ulong Page = 4096;
    private readonly RecordingSource _source = new();
    private readonly Queue<Touch> _touches = new();
    private readonly List<RestoredTask> _children = [];

    [Fact]
    public void Apply_Remap_MovesWhatIsPending()
    {
        RestoredTask task = Task();

        Apply(task, Message(UserfaultEvent.Remap, 16, 100, 4));

        task.Ranges.PendingFrom(100 * Page, 8, out _).Should().Be(4);
    }

    [Fact]
    public void Apply_Remap_GivesBackWhatWasAtTheTarget()
    {
        RestoredTask task = Task();

        Apply(task, Message(UserfaultEvent.Remap, 16, 20, 2));

        _source.Released.Should().Equal((20 * Page, 2));
    }

    [Theory]
    [InlineData(0x15)]
    [InlineData(0x16)]
    public void Apply_Discard_GivesThePagesBack(byte kind)
    {
        RestoredTask task = Task();

        Apply(task, Message((UserfaultEvent)kind, 18, 20, 0));

        _source.Released.Should().Equal((18 * Page, 2));
    }

    [Fact]
    public void Apply_ForkBehindADiscardInOneBatch_LeavesThePagesToTheChild()
    {
        RestoredTask task = Task();

        Apply(task, Message(UserfaultEvent.Remove, 18, 20, 0), Fork());

        _children.Should().ContainSingle().Which.Ranges.PendingCount.Should().Be(8);
    }

    [Fact]
    public void Apply_ForkBehindAMoveInOneBatch_GivesTheChildTheMovedPages()
    {
        RestoredTask task = Task();

        Apply(task, Message(UserfaultEvent.Remap, 16, 100, 8), Fork());

        _children.Should().ContainSingle().Which.Ranges.PendingFrom(100 * Page, 8, out _).Should().Be(8);
    }

    [Fact]
    public void Settle_WhileAChildNeedsThePages_ReleasesNothing()
    {
        RestoredTask task = Task();
        Apply(task, Fork());

        task.Settle(task.Ranges.Runs[0]);

        _source.Released.Should().BeEmpty();
    }

    [Fact]
    public void Settle_ByTheLastOfAFamily_ReleasesThePages()
    {
        RestoredTask task = Task();
        Apply(task, Fork());
        task.Settle(task.Ranges.Runs[0]);

        _children[0].Settle(_children[0].Ranges.Runs[0]);

        _source.Released.Should().Equal((16 * Page, 8));
    }

    [Fact]
    public void Settle_OfPagesPartlyNeededByAChild_ReleasesTheOthers()
    {
        RestoredTask task = Task();
        Apply(task, Fork());
        LazyRun all = task.Ranges.Runs[0];
        _children[0].Settle(all.Slice(18 * Page, 20 * Page));

        task.Settle(all);

        _source.Released.Should().Equal((18 * Page, 2));
    }

    [Fact]
    public void Close_OfAChildThatEnded_ReleasesWhatOnlyItNeeded()
    {
        RestoredTask task = Task();
        Apply(task, Fork());
        task.Settle(task.Ranges.Runs[0]);

        _children[0].Close();

        _source.Released.Should().Equal((16 * Page, 8));
    }

    private static UserfaultMessage Message(UserfaultEvent kind, ulong first, ulong second, ulong third) =>
        new() { Event = kind, First = first * Page, Second = second * Page, Third = third * Page };

    /// <summary>Any descriptor will do: nothing is read from it.</summary>
    private static UserfaultMessage Fork()
    {
        SafeFileHandle descriptor = File.OpenHandle("/dev/null");
        int number = (int)descriptor.DangerousGetHandle();
        descriptor.SetHandleAsInvalid();
        return new UserfaultMessage { Event = UserfaultEvent.Fork, First = (ulong)number };
    }

    private RestoredTask Task() =>
        new(7, File.OpenHandle("/dev/null"), new LazyRanges([new LazyPageRange(7, 16 * Page, 8)]), new TaskFamily(7, _source));

    private void Apply(RestoredTask task, params UserfaultMessage[] messages) =>
        new TaskMessages(new LazyPagesCounters()).Apply(task, messages, 0, _touches, _children);

    private sealed class RecordingSource : ILazyPageSource
    {
        internal List<(ulong Address, int Pages)> Released { get; } = [];

        public LazyPageRun Find(int processId, ulong address, int maxPages) => default;

        public void Release(int processId, ulong address, int pages) => Released.Add((address, pages));
    }
}
