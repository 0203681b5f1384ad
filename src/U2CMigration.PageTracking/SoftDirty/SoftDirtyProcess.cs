using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;
using U2CMigration.PageTracking.Features;
using U2CMigration.PageTracking.Injection;
using U2CMigration.PageTracking.Logging;
using U2CMigration.PageTracking.Pages;
using U2CMigration.PageTracking.PageTables;
using U2CMigration.PageTracking.Processes;
using U2CMigration.PageTracking.Trackers;

namespace U2CMigration.PageTracking.SoftDirty;

/// <summary>One process of a tree tracked by soft-dirty bits.</summary>
/// <remarks>
/// Reading the bits and clearing them are two steps, and what is written between them would be lost: the process is stopped for both. If it can not be
/// stopped, or somebody else runs in its memory, the bits are read and left as they are, so that the next call reports the same pages again.
/// </remarks>
internal sealed class SoftDirtyProcess : ITrackedProcess
{
    /// <summary>Stopping takes microseconds. What takes longer sleeps in a device, and the threads that did stop are held all that time.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(50);
    private readonly AddressSpace _space;
    private readonly SafeFileHandle _clearRefs;
    private readonly int _parentProcessId;
    private readonly ILogger _logger;
    private ProcessPages _resident;
    private ProcessPages _residentBefore;
    private bool _cleared;
    private bool _warned;

    /// <exception cref="PageTrackingException">The process is gone, or may not be looked into.</exception>
    internal SoftDirtyProcess(int processId, int parentProcessId, IPageTableReader reader, KernelFeatures features, ILogger logger)
    {
        _space = new AddressSpace(processId, reader, features);
        _parentProcessId = parentProcessId;
        _logger = logger;
        _resident = new ProcessPages(processId);
        _residentBefore = new ProcessPages(processId);
        try
        {
            _clearRefs = ClearRefs.Open(processId);
        }
        catch
        {
            _space.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public int ProcessId => _space.ProcessId;

    /// <inheritdoc/>
    public bool IsAlive => _space.IsAlive;

    /// <summary>The longest and the last time that the process was stopped.</summary>
    internal TimeSpan LongestStop { get; private set; }

    /// <inheritdoc cref="LongestStop"/>
    internal TimeSpan LastStop { get; private set; }

    /// <summary>Collections that left the bits as they were.</summary>
    internal long Uncleared { get; private set; }

    /// <inheritdoc/>
    public bool TryCollect(PageSet dirty, CancellationToken cancellationToken)
    {
        if (SharesMemoryWithParent())
        {
            // Between vfork and exec. The bits are those of the parent, which is tracked.
            return TryCollectResident(dirty, cancellationToken);
        }

        return _cleared ? TryCollectWritten(dirty, cancellationToken) : TryCollectFirst(dirty, cancellationToken);
    }

    /// <inheritdoc/>
    public bool TryCollectResident(PageSet resident, CancellationToken cancellationToken)
    {
        if (!_space.TryReadAreas())
        {
            return false;
        }

        _space.CollectResident(resident.Of(ProcessId), cancellationToken);
        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _clearRefs.Dispose();
        _space.Dispose();
    }

    /// <summary>Nothing needs to be stopped: everything is reported, and what is written behind the clearing has the bit again.</summary>
    private bool TryCollectFirst(PageSet dirty, CancellationToken cancellationToken)
    {
        ClearRefs.ClearSoftDirty(_clearRefs, ProcessId);
        if (!_space.TryReadAreas())
        {
            return false;
        }

        // The bits are of no interest, but the program does not have to wait in its first stop for code that is compiled when it runs first.
        _residentBefore.Clear();
        _space.CollectSoftDirty(_residentBefore, new ProcessPages(ProcessId), cancellationToken);
        AppendTo(dirty, _residentBefore);
        _cleared = true;
        return true;
    }

    private bool TryCollectWritten(PageSet dirty, CancellationToken cancellationToken)
    {
        ProcessPages written = new(ProcessId);
        bool exists = false;
        if (FreezerState.IsFrozen(ProcessId))
        {
            exists = TryReadAndClear(written, cancellationToken);

            // Thawed meanwhile by somebody: what it wrote between the two steps is not known.
            _cleared &= FreezerState.IsFrozen(ProcessId);
        }
        else if (SharesMemoryWithChild() || !TryStopAndRun(() => exists = TryReadAndClear(written, cancellationToken)))
        {
            Uncleared++;
            exists = TryRead(written, cancellationToken);
        }

        if (!exists)
        {
            return false;
        }

        AddNewlyResident(written, dirty);
        (_resident, _residentBefore) = (_residentBefore, _resident);
        return true;
    }

    private bool TryStopAndRun(Action action)
    {
        try
        {
            bool done = StoppedProcess.TryRun(ProcessId, Patience, action, out TimeSpan stopped);
            LastStop = stopped;
            LongestStop = stopped > LongestStop ? stopped : LongestStop;
            return done;
        }
        catch (PageTrackingException e) when (e.ErrorNumber == Interop.Errno.EPERM)
        {
            if (!_warned)
            {
                _warned = true;
                Log.NotStopped(_logger, ProcessId, e.Message);
            }

            return false;
        }
    }

    private bool TryReadAndClear(ProcessPages written, CancellationToken cancellationToken)
    {
        if (!TryRead(written, cancellationToken))
        {
            return false;
        }

        // A child between vfork and exec is not held and writes to the same memory. While every thread is, no more of them can come.
        if (SharesMemoryWithChild())
        {
            Uncleared++;
            return true;
        }

        ClearRefs.ClearSoftDirty(_clearRefs, ProcessId);
        return true;
    }

    private bool TryRead(ProcessPages written, CancellationToken cancellationToken)
    {
        written.Clear();
        _resident.Clear();
        if (!_space.TryReadAreas())
        {
            return false;
        }

        _space.CollectSoftDirty(_resident, written, cancellationToken);
        return true;
    }

    /// <summary>Adds what was written, and what is there now and was not before.</summary>
    /// <remarks>
    /// mremap marks the pages that it moves one by one, but not those that it moves together with their page table (2 MiB, aligned): they turn up at their
    /// new address without the bit.
    /// </remarks>
    private void AddNewlyResident(ProcessPages written, PageSet dirty)
    {
        PageSet now = new();
        PageSet before = new();
        PageSet arrived = new();
        PageSet marked = new();
        AppendTo(now, _resident);
        AppendTo(before, _residentBefore);
        AppendTo(marked, written);
        now.ExceptTo(before, arrived);
        marked.UnionTo(arrived, dirty);
    }

    private void AppendTo(PageSet set, ProcessPages pages)
    {
        ProcessPages target = set.Of(ProcessId);
        foreach (PageRange range in pages.Ranges)
        {
            target.Append(range.Start, range.End);
        }
    }

    private bool SharesMemoryWithParent() => _parentProcessId != 0 && ProcessTree.SharesMemory(ProcessId, _parentProcessId);

    private bool SharesMemoryWithChild()
    {
        foreach (int child in ProcessTree.List(ProcessId))
        {
            if (child != ProcessId && ProcessTree.SharesMemory(ProcessId, child))
            {
                return true;
            }
        }

        return false;
    }
}
