using Microsoft.Extensions.Logging;
using U2CMigration.PageTracking.Injection;
using U2CMigration.PageTracking.Interop;
using U2CMigration.PageTracking.Logging;
using U2CMigration.PageTracking.Pages;
using U2CMigration.PageTracking.Processes;
using U2CMigration.PageTracking.Trackers;
using U2CMigration.PageTracking.WriteProtect;

namespace U2CMigration.PageTracking.Mixed;

/// <summary>One process of a tree: write-protected if it can be entered; until then, and for good if it never can, tracked in a way that enters nothing.</summary>
internal sealed class MixedProcess : ITrackedProcess
{
    private const int LongestWait = 64;
    private const int AsleepLooks = 20;
    private readonly TrackedProcess _entered;
    private readonly int _parentProcessId;
    private readonly FallbackTracking _fallback;
    private readonly ILogger _logger;
    private ITrackedProcess? _instead;
    private int _wait;
    private int _nextWait = 1;

    private MixedProcess(TrackedProcess entered, int parentProcessId, FallbackTracking fallback, ILogger logger)
    {
        _entered = entered;
        _parentProcessId = parentProcessId;
        _fallback = fallback;
        _logger = logger;
    }

    public int ProcessId => _entered.ProcessId;

    public bool IsAlive => _entered.IsAlive;

    internal bool IsProtected => _entered.IsProtected;

    internal WriteProtection? Protection => _entered.Protection;

    /// <summary>Why it is not write-protected; null when it is, or has not been tried.</summary>
    internal string? Reason { get; private set; }

    /// <summary>Takes up a process that the tree had when the tracking began.</summary>
    /// <param name="entered">The process, not entered yet.</param>
    /// <param name="parentProcessId">Its parent if that is tracked too, else 0.</param>
    /// <param name="fallback">Tracks it when it cannot be entered.</param>
    /// <param name="logger">Receives events.</param>
    /// <exception cref="PageTrackingException">The process is gone, traced, frozen or tracked already; it is as it was.</exception>
    internal static MixedProcess Enter(TrackedProcess entered, int parentProcessId, FallbackTracking fallback, ILogger logger)
    {
        MixedProcess process = new(entered, parentProcessId, fallback, logger);
        try
        {
            UserfaultfdInjection.RefuseIfTracedOrFrozen(process.ProcessId);
            if (!process.TryEnter(UserfaultfdInjection.Patience, out PageTrackingException? failure))
            {
                throw SystemCallFailure.Ended(process.ProcessId);
            }

            if (failure is not null)
            {
                // Two trackers of one process must not come about by falling back.
                process._instead = failure.ErrorNumber is Errno.EBUSY or Errno.ESRCH ? throw failure : fallback.Open(process.ProcessId, parentProcessId);
            }

            return process;
        }
        catch
        {
            process.Dispose();
            throw;
        }
    }

    /// <summary>Takes up a process that turned up while its tree was tracked.</summary>
    /// <inheritdoc cref="Enter"/>
    internal static MixedProcess Open(TrackedProcess entered, int parentProcessId, FallbackTracking fallback, ILogger logger) =>
        new(entered, parentProcessId, fallback, logger);

    /// <inheritdoc/>
    public bool TryCollect(PageSet dirty, CancellationToken cancellationToken)
    {
        if (!_entered.IsProtected && IsDue() && !TryEnter(TrackedProcess.PatienceInRounds, out _))
        {
            return false;
        }

        if (_entered.IsProtected)
        {
            return _instead is null ? _entered.TryCollect(dirty, cancellationToken) : TryChangeOver(dirty, cancellationToken);
        }

        if (_entered.RunsInParent)
        {
            return _entered.TryCollectResident(dirty, cancellationToken);
        }

        return TryFallBack() && _instead!.TryCollect(dirty, cancellationToken);
    }

    /// <inheritdoc/>
    public bool TryCollectResident(PageSet resident, CancellationToken cancellationToken) => _entered.TryCollectResident(resident, cancellationToken);

    /// <inheritdoc/>
    public void Dispose()
    {
        EndFallback();
        _entered.Dispose();
    }

    private bool TryFallBack()
    {
        try
        {
            _instead ??= _fallback.Open(ProcessId, _parentProcessId);
            return true;
        }
        catch (PageTrackingException e) when (e.ErrorNumber == Errno.ESRCH)
        {
            return false;
        }
    }

    /// <summary>From the other way of tracking to write-protection, without reporting everything again.</summary>
    private bool TryChangeOver(PageSet dirty, CancellationToken cancellationToken)
    {
        // The first look protects every page and so reports it. What was written before that the other way finds after it; what is written after it the next look does.
        if (!_entered.TryCollect(new PageSet(), cancellationToken) || !_instead!.TryCollect(dirty, cancellationToken))
        {
            return false;
        }

        EndFallback();
        return true;
    }

    /// <summary>Each attempt may cost the process an interrupted call, so they become rarer.</summary>
    private bool IsDue()
    {
        if (_wait > 0)
        {
            _wait--;
            return false;
        }

        return true;
    }

    /// <returns>False when the address space is gone.</returns>
    private bool TryEnter(TimeSpan patience, out PageTrackingException? failure)
    {
        bool exists = _entered.TryEnter(patience, static processId => RefuseIfAsleep(processId), out failure);
        if (failure is not null)
        {
            _wait = _nextWait;
            _nextWait = Math.Min(2 * _nextWait, LongestWait);
            if (Reason is null && IsAlive)
            {
                Log.TrackedOtherwise(_logger, ProcessId, _fallback.Name, failure.Message);
            }
        }

        Reason = failure?.Message;
        return exists;
    }

    /// <summary>Waiting for such a process to stop would hold up all others: a parent waits so for its child between vfork and exec, for example.</summary>
    private static void RefuseIfAsleep(int processId)
    {
        // Most of those that wait for a disk are awake again at once.
        for (int look = 0; ProcessTree.TryReadStat(processId, out ProcessStat stat) && stat.State == 'D'; look++)
        {
            if (look == AsleepLooks)
            {
                throw new PageTrackingException($"Process {processId} sleeps in the kernel and can not be stopped now. It is as it was.", Errno.EAGAIN);
            }

            Thread.Sleep(1);
        }
    }

    private void EndFallback()
    {
        if (_instead is not null)
        {
            _fallback.Close(_instead);
            _instead = null;
        }
    }
}
