using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using U2CMigration.Criu.LazyPages;
using U2CMigration.Criu.LazyPages.Handover;
using U2CMigration.Testing;

namespace U2CMigration.Criu.IntegrationTests.LazyPages;

/// <summary>A daemon whose thread stands still for good at some moment, as if it was killed there, and what it leaves: the log and the descriptors.</summary>
internal sealed class Predecessor : IDescriptorHolder, IAsyncDisposable
{
    private const int LogBytes = 4 << 20;

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("lazy");
    private readonly nint _memory = Allocate();
    private readonly Dictionary<int, SafeFileHandle> _members = [];
    private readonly LazyTask _task;
    private readonly PatternStore _store;
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly LazyPagesDaemon _first;
    private readonly string _at;
    private int _countdown;
    private LazyPagesDaemon? _second;

    /// <summary>Starts it with a process.</summary>
    /// <param name="pages">The pages of the process.</param>
    /// <param name="at">Where it stops: <c>page</c>, <c>child-held</c> or <c>child-read</c>.</param>
    /// <param name="count">At which of them.</param>
    /// <param name="scenario">What the process does.</param>
    internal Predecessor(int pages, string at, int count, params string[] scenario)
    {
        Requires.Root();
        (_at, _countdown) = (at, count);
        _store = new PatternStore(pages, pieceSize: 2);
        _task = new LazyTask(Toucher.Id, [new LazyPageRange(Toucher.Id, PatternStore.Base, pages)]);
        _first = LazyPagesDaemon.ListenAndRecord(Options(), new Stopping(_store, () => Pass("page")), [_task], null, new ServingRecord(Log(), this));
        Process = Toucher.Start(_directory.FullName, pages, scenario[0], scenario[1..]);
    }

    internal Toucher Process { get; }

    /// <summary>Lets the process do its work and fills, until the thread stands.</summary>
    internal async Task RunUntilStoppedAsync()
    {
        await Process.ExpectAsync("ready");
        await _first.MemoryRegistered.WaitAsync(LazyRig.Patience);
        Process.Order("go");
        _first.BeginFill();
        await _stopped.Task.WaitAsync(LazyRig.Patience);
    }

    /// <summary>Continues.</summary>
    internal LazyPagesDaemon Succeed()
    {
        _countdown = int.MaxValue;
        _second = LazyPagesDaemon.GoOn(Options(), _store, [_task], null, new ServingRecord(Log(), this), new Dictionary<int, SafeFileHandle>(_members));
        _second.BeginFill();
        return _second;
    }

    public void Hold(int member, SafeFileHandle descriptor)
    {
        if (member > 0)
        {
            Pass("child-read");
        }

        _members[member] = descriptor;
        if (member > 0)
        {
            Pass("child-held");
        }
    }

    public void Forget(int member) => _members.Remove(member);

    public bool TryLetGo(IReadOnlyList<int> members)
    {
        foreach (int member in members)
        {
            _members.Remove(member);
        }

        return true;
    }

    public bool TryFinish() => true;

    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        _second?.Abandon();
        _directory.Delete(recursive: true);

        // Not the store and the log: a thread stands in the middle of using them.
    }

    private LazyPagesOptions Options() => new() { WorkDirectory = _directory.FullName, FillBytes = 4096, TouchedFillBytes = 4096 };

    private EventLog Log() => new(_memory, LogBytes);

    private static unsafe nint Allocate() => (nint)NativeMemory.AllocZeroed(LogBytes);

    private void Pass(string point)
    {
        if (point == _at && --_countdown == 0)
        {
            _stopped.SetResult();
            Thread.Sleep(Timeout.Infinite);
        }
    }

    private sealed class Stopping(PatternStore store, Action pass) : ILazyPageSource
    {
        public LazyPageRun Find(int processId, ulong address, int maxPages)
        {
            pass();
            return store.Find(processId, address, maxPages);
        }

        public void Release(int processId, ulong address, int pages) => store.Release(processId, address, pages);
    }
}
