using Microsoft.Extensions.Logging;
using U2CMigration.PageTracking.Interop;
using U2CMigration.PageTracking.Logging;
using U2CMigration.PageTracking.Pages;
using U2CMigration.PageTracking.Processes;

namespace U2CMigration.PageTracking.Trackers;

/// <summary>Follows a process tree: takes up what is forked, lets go of what ends, and starts anew with what executes another program.</summary>
internal sealed class TrackedTree<TProcess>(int rootProcessId, ITrackedProcessFactory<TProcess> factory, ILogger logger) : IDisposable
    where TProcess : ITrackedProcess
{
    private const int ExecAttempts = 10;
    private readonly List<TProcess> _processes = [];
    private readonly List<int> _processIds = [];
    private readonly List<int> _listed = [];

    internal IReadOnlyList<TProcess> Processes => _processes;

    internal IReadOnlyList<int> ProcessIds => _processIds;

    /// <summary>Takes up every process of the tree.</summary>
    /// <exception cref="PageTrackingException">One can not be tracked; dispose this to let go of the others.</exception>
    /// <exception cref="ArgumentException">The tree contains the calling process.</exception>
    internal void EnterAll()
    {
        foreach (int processId in ProcessTree.List(rootProcessId))
        {
            if (processId == Environment.ProcessId)
            {
                throw new ArgumentException(
                    $"The tree of process {rootProcessId} contains the calling process {processId}, which can not stop itself. Track a tree that it is not part of.");
            }

            Enter(processId);
        }

        ThrowIfRootEnded();
    }

    /// <summary>Looks for processes that came or went, then collects what was written in all.</summary>
    internal void Collect(PageSet dirty, CancellationToken cancellationToken)
    {
        FindProcesses();
        VisitAll(static (process, pages, token) => process.TryCollect(pages, token), dirty, cancellationToken);
    }

    /// <summary>Collects what holds content in the processes known.</summary>
    internal void CollectResident(PageSet resident, CancellationToken cancellationToken) =>
        VisitAll(static (process, pages, token) => process.TryCollectResident(pages, token), resident, cancellationToken);

    /// <inheritdoc/>
    public void Dispose()
    {
        _processes.ForEach(static process => process.Dispose());
        _processes.Clear();
        _processIds.Clear();
    }

    /// <summary>Enters a process unless it ends before; one that executes one program after the other is taken up as it is.</summary>
    private void Enter(int processId)
    {
        for (int attempt = 0; attempt < ExecAttempts; attempt++)
        {
            try
            {
                Add(factory.Enter(processId, TrackedParent(processId)));
                return;
            }
            catch (PageTrackingException e) when (e.IsProcessGone)
            {
                ThrowIfMainThreadEnded(processId);
                if (!ProcessTree.IsAlive(processId))
                {
                    return;
                }
            }
        }

        TryOpen(processId);
    }

    private void FindProcesses()
    {
        _listed.Clear();
        ProcessTree.ListTo(rootProcessId, _listed);
        for (int i = _processes.Count - 1; i >= 0; i--)
        {
            // A listing may miss a process while others come and go, so one that is missing is looked at by itself.
            TProcess process = _processes[i];
            if (!process.IsAlive || (!_listed.Contains(process.ProcessId) && !ProcessTree.Contains(rootProcessId, process.ProcessId)))
            {
                Remove(i);
            }
        }

        ThrowIfRootEnded();
        foreach (int processId in _listed)
        {
            if (!_processIds.Contains(processId))
            {
                TryOpen(processId);
            }
        }
    }

    private void VisitAll(Func<TProcess, PageSet, CancellationToken, bool> visit, PageSet pages, CancellationToken cancellationToken)
    {
        for (int i = 0; i < _processes.Count; i++)
        {
            int processId = _processes[i].ProcessId;
            int attempt = 0;
            while (!visit(_processes[i], pages, cancellationToken))
            {
                // The address space is gone: the process has ended, or has executed another program and starts anew.
                bool executed = _processes[i].IsAlive;
                Remove(i);
                if (!executed || ++attempt == ExecAttempts || !TryOpen(processId, i))
                {
                    ThrowIfMainThreadEnded(processId);
                    i--;
                    break;
                }

                Log.Executed(logger, processId);
            }
        }

        ThrowIfRootEnded();
    }

    private bool TryOpen(int processId, int index = -1)
    {
        try
        {
            Add(factory.Open(processId, TrackedParent(processId)), index);
            return true;
        }
        catch (PageTrackingException e) when (e.IsProcessGone)
        {
            return false;
        }
    }

    private void Add(TProcess process, int index = -1)
    {
        _processes.Insert(index < 0 ? _processes.Count : index, process);
        _processIds.Insert(index < 0 ? _processIds.Count : index, process.ProcessId);
    }

    private void Remove(int index)
    {
        TProcess process = _processes[index];
        factory.Left(process);
        Log.Left(logger, process.ProcessId);
        process.Dispose();
        _processes.RemoveAt(index);
        _processIds.RemoveAt(index);
    }

    private int TrackedParent(int processId) =>
        ProcessTree.TryReadStat(processId, out ProcessStat stat) && _processIds.Contains(stat.ParentProcessId) ? stat.ParentProcessId : 0;

    private static void ThrowIfMainThreadEnded(int processId)
    {
        if (ProcessTree.HasLostMainThread(processId))
        {
            throw new PageTrackingException(
                $"The main thread of process {processId} has ended while others run on. Its memory can not be tracked, and CRIU can not move it. The process runs on unharmed.");
        }
    }

    private void ThrowIfRootEnded()
    {
        if (!_processIds.Contains(rootProcessId))
        {
            throw SystemCallFailure.Ended(rootProcessId);
        }
    }
}
