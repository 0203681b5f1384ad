using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using U2CMigration.Criu.LazyPages.Handover;
using U2CMigration.Criu.LazyPages.Ranges;

namespace U2CMigration.Criu.LazyPages.Serving;

/// <summary>The processes of the images: which are still expected from CRIU, which are being served.</summary>
internal sealed class RestoredTasks
{
    private readonly Dictionary<int, LazyTask> _expected = [];
    private readonly Dictionary<int, RestoredTask> _restored = [];
    private readonly List<RestoredTask> _open = [];
    private readonly ILazyPageSource _source;
    private readonly LazyPagesCounters _counters;
    private readonly ServingRecord? _record;

    internal RestoredTasks(IReadOnlyList<LazyTask> tasks, ILazyPageSource source, LazyPagesCounters counters, ServingRecord? record = null)
    {
        _record = record;
        foreach (LazyTask task in tasks)
        {
            if (!_expected.TryAdd(task.ProcessId, task))
            {
                throw new ArgumentException($"Process {task.ProcessId} is listed twice; put all its ranges into one task.", nameof(tasks));
            }
        }

        _source = source;
        _counters = counters;
    }

    /// <summary>The processes whose userfaultfd is open.</summary>
    internal ReadOnlySpan<RestoredTask> Open => CollectionsMarshal.AsSpan(_open);

    /// <summary>The number of times the list of open processes has changed.</summary>
    internal int Version { get; private set; }

    /// <summary>A process of the images; null when CRIU has not announced it yet or it is done.</summary>
    internal RestoredTask? Find(int processId) => _restored.GetValueOrDefault(processId);

    /// <summary>Takes a process that CRIU has announced; one that is not listed has no lazy pages.</summary>
    /// <param name="processId">The process, as numbered in the images.</param>
    /// <param name="descriptor">Its userfaultfd.</param>
    /// <param name="numberHere">The process, as numbered here; 0 when that is not known.</param>
    internal void Arrived(int processId, SafeFileHandle descriptor, int numberHere) =>
        Arrived(processId, descriptor, numberHere, _record?.Arrived(processId, descriptor, numberHere) ?? 0);

    /// <summary>Takes a process that is a member already.</summary>
    internal RestoredTask Arrived(int processId, SafeFileHandle descriptor, int numberHere, int member)
    {
        _expected.Remove(processId, out LazyTask? expected);
        var ranges = new LazyRanges(expected?.Ranges ?? []);
        var task = new RestoredTask(processId, descriptor, ranges, new TaskFamily(processId, _source), numberHere) { Member = member };
        _restored[processId] = task;
        Add(task);
        return task;
    }

    internal void Add(RestoredTask task)
    {
        _counters.Tasks++;
        _open.Add(task);
        Version++;
    }

    /// <summary>CRIU says that a process of the images is dead: its pages are not wanted.</summary>
    internal void Dead(int processId)
    {
        if (_expected.Remove(processId, out LazyTask? dead))
        {
            foreach (LazyPageRange range in dead.Ranges)
            {
                _source.Release(processId, range.Address, (int)range.Pages);
            }
        }
    }

    /// <summary>A process that has lazy pages but was not announced; null when there is none.</summary>
    internal LazyTask? FirstMissing()
    {
        foreach (LazyTask task in _expected.Values)
        {
            if (task.Pages > 0)
            {
                return task;
            }
        }

        return null;
    }

    /// <summary>Closes a process whose memory is gone, by the word of the kernel: it has ended, or executes another program.</summary>
    internal void CloseGone(RestoredTask task)
    {
        task.GiveUpAll();
        Close(task);
    }

    /// <summary>Closes a process that lacks nothing any more, or is given up.</summary>
    internal void Close(RestoredTask task)
    {
        if (!_open.Remove(task))
        {
            return;
        }

        Version++;
        if (_restored.GetValueOrDefault(task.ProcessId) == task)
        {
            _restored.Remove(task.ProcessId);
        }

        if (task.Ranges.PendingCount > 0)
        {
            _counters.Exited++;
            _counters.Unwanted += task.Ranges.PendingCount;
        }

        _record?.Closing(task.Member);
        task.Close();
    }

    /// <summary>Closes a process of which a predecessor has written down that it is closed.</summary>
    internal void CloseTaken(RestoredTask task)
    {
        if (_open.Remove(task))
        {
            Version++;
            if (_restored.GetValueOrDefault(task.ProcessId) == task)
            {
                _restored.Remove(task.ProcessId);
            }

            task.Close();
        }
    }
}
