using U2CMigration.Criu.LazyPages;
using U2CMigration.Criu.LazyPages.Serving;

namespace U2CMigration.Criu.Tests.LazyPages;

/// <summary>Pages that were never installed: because the process does not want them, by the word of the kernel, or because they were given up.</summary>
public sealed class UnwantedPagesTests : IDisposable
{
    private const ulong Page = 4096;
    private readonly RecordingSource _source = new();
    private readonly RestoredTasks _tasks;
    private readonly RestoredTask _task;

    public UnwantedPagesTests()
    {
        _tasks = new RestoredTasks([new LazyTask(7, [new LazyPageRange(7, 16 * Page, 8), new LazyPageRange(7, 40 * Page, 1)])], _source, new LazyPagesCounters());
        _tasks.Arrived(7, File.OpenHandle("/dev/null"), numberHere: 0);
        _task = _tasks.Open[0];
    }

    public void Dispose() => _tasks.Close(_task);

    [Fact]
    public void Discard_SomePages_AreSaidToBeUnwanted()
    {
        _task.Discard(18 * Page, 20 * Page);
        _source.Unwanted.Should().Equal((18 * Page, 2));
    }

    [Fact]
    public void CloseGone_ProcessHasEndedOrExecuted_WantsNothingMore()
    {
        _task.Settle(_task.Ranges.Runs[0].Slice(16 * Page, 17 * Page));
        _tasks.CloseGone(_task);
        _source.Unwanted.Should().Equal((17 * Page, 7), (40 * Page, 1));
        _tasks.Open.Length.Should().Be(0);
    }

    /// <summary>The process may live on, and would read zeros.</summary>
    [Fact]
    public void Close_PagesStillPending_AreNotSaidToBeUnwanted()
    {
        _tasks.Close(_task);
        _source.Unwanted.Should().BeEmpty();
        _source.Released.Should().Equal((16 * Page, 8), (40 * Page, 1));
    }

    [Fact]
    public void GiveUp_PageWithoutAMapping_IsSaidToBeUnwanted()
    {
        PageInstaller.GiveUp(_task, _task.Ranges.Runs[0]);
        _source.Unwanted.Should().Equal((16 * Page, 1));
    }

    /// <summary>The process of the images may still need what a child of it does not.</summary>
    [Fact]
    public void Discard_OfAForkedChild_SaysNothingAboutTheProcess()
    {
        RestoredTask child = _task.Fork(File.OpenHandle("/dev/null"));
        child.Discard(18 * Page, 20 * Page);
        child.GiveUpAll();
        _source.Unwanted.Should().BeEmpty();
        child.Close();
    }

    private sealed class RecordingSource : ILazyPageSource
    {
        internal List<(ulong Address, int Pages)> Released { get; } = [];

        internal List<(ulong Address, int Pages)> Unwanted { get; } = [];

        public LazyPageRun Find(int processId, ulong address, int maxPages) => default;

        public void Release(int processId, ulong address, int pages) => Released.Add((address, pages));

        void ILazyPageSource.Unwanted(int processId, ulong address, int pages) => Unwanted.Add((address, pages));
    }
}
