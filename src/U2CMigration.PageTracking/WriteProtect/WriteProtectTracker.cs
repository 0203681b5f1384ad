using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using U2CMigration.PageTracking.Features;
using U2CMigration.PageTracking.Interop;
using U2CMigration.PageTracking.Pages;
using U2CMigration.PageTracking.Processes;
using U2CMigration.PageTracking.Trackers;

namespace U2CMigration.PageTracking.WriteProtect;

/// <summary>Tracks a process tree by asynchronous write-protection (userfaultfd WP_ASYNC and PAGEMAP_SCAN, Linux 6.7).</summary>
/// <remarks>
/// The processes are unmodified. Each is entered once: its main thread is stopped for about a tenth of a millisecond to create a userfaultfd, which is taken
/// out again; a program waiting in epoll_wait may see one EINTR. From then on the first write to a page after each collection costs it about a microsecond.
/// Processes forked later are found by <see cref="Collect"/>; so is an exec, after which all pages are reported again, as are those of a moved mapping.
/// Private memory only: shared mappings, hugetlb and the kernel's own pages are not looked at. Of private file mappings the pages that were written are
/// reported. Pages written by hardware through long-term pins (RDMA, io_uring fixed buffers) are not seen.
/// A frozen tree can be collected, but a frozen process can not be entered: one forked just before the freeze is reported in full.
/// </remarks>
public sealed class WriteProtectTracker : IPageTracker
{
    private const int ExecAttempts = 3;
    private readonly int _rootProcessId;
    private readonly KernelFeatures _features;
    private readonly PagemapScanner _scanner;
    private readonly ILogger _logger;
    private readonly List<TrackedProcess> _processes = [];
    private readonly List<int> _processIds = [];
    private readonly List<int> _listed = [];
    private long _registeredBefore;
    private long _failedBefore;
    private TimeSpan _longestStop;
    private TimeSpan _lastCollect;
    private bool _disposed;

    private WriteProtectTracker(int rootProcessId, KernelFeatures features, ILogger logger)
    {
        _rootProcessId = rootProcessId;
        _features = features;
        _scanner = new PagemapScanner(features);
        _logger = logger;
    }

    /// <inheritdoc/>
    public string Name => "write-protect";

    /// <inheritdoc/>
    public IReadOnlyList<int> ProcessIds => _processIds;

    /// <summary>What tracking has cost so far.</summary>
    public TrackerStatistics Statistics => new(
        _registeredBefore + _processes.Sum(static process => process.Registered),
        _failedBefore + _processes.Sum(static process => process.Failed),
        _processes.Count(static process => !process.IsProtected),
        _processes.Aggregate(_longestStop, static (longest, process) => process.Stopped > longest ? process.Stopped : longest),
        _lastCollect);

    /// <summary>Enters every process of a tree. Nothing is slowed down before the first <see cref="Collect"/>.</summary>
    /// <param name="rootProcessId">The root of the tree, in the PID namespace of the caller.</param>
    /// <param name="loggerFactory">Receives events 2000 to 2099; null for none.</param>
    /// <exception cref="PageTrackingException">The kernel lacks something, or a process is gone, frozen, traced or tracked already; all are as they were.</exception>
    /// <exception cref="ArgumentException">The tree contains the calling process.</exception>
    public static WriteProtectTracker Attach(int rootProcessId, ILoggerFactory? loggerFactory = null) =>
        Attach(rootProcessId, KernelFeatures.Probe(), loggerFactory);

    /// <inheritdoc/>
    public void Collect(PageSet dirty, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(dirty);
        ObjectDisposedException.ThrowIf(_disposed, this);
        long started = Stopwatch.GetTimestamp();
        FindProcesses();
        VisitAll(static (process, pages, token) => process.TryCollect(pages, token), dirty, cancellationToken);
        _lastCollect = Stopwatch.GetElapsedTime(started);
        Log.Collected(_logger, dirty.PageCount, _processes.Count, _lastCollect.TotalMilliseconds);
    }

    /// <inheritdoc/>
    public void CollectResident(PageSet resident, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(resident);
        ObjectDisposedException.ThrowIf(_disposed, this);
        VisitAll(static (process, pages, token) => process.TryCollectResident(pages, token), resident, cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            _processes.ForEach(static process => process.Dispose());
            _processes.Clear();
            _processIds.Clear();
        }
    }

    internal static WriteProtectTracker Attach(int rootProcessId, KernelFeatures features, ILoggerFactory? loggerFactory)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rootProcessId);
        features.ThrowUnlessWriteProtect();
        WriteProtectTracker tracker = new(rootProcessId, features, (loggerFactory ?? NullLoggerFactory.Instance).CreateLogger("U2CMigration.PageTracking"));
        try
        {
            tracker.EnterAll();
            return tracker;
        }
        catch
        {
            tracker.Dispose();
            throw;
        }
    }

    private void EnterAll()
    {
        foreach (int processId in ProcessTree.List(_rootProcessId))
        {
            if (processId == Environment.ProcessId)
            {
                throw new ArgumentException(
                    $"The tree of process {_rootProcessId} contains the calling process {processId}, which can not stop itself. Track a tree that it is not part of.");
            }

            try
            {
                Add(TrackedProcess.Enter(processId, TrackedParent(processId), _scanner, _features, _logger));
            }
            catch (PageTrackingException e) when (e.ErrorNumber == Errno.ESRCH)
            {
                // It ended while the others were entered: if that was the root, the check below says so.
                ThrowIfMainThreadEnded(processId);
            }
        }

        ThrowIfRootEnded();
    }

    /// <summary>Lets go of processes that ended or left the tree, and takes up those that came.</summary>
    private void FindProcesses()
    {
        _listed.Clear();
        ProcessTree.ListTo(_rootProcessId, _listed);
        for (int i = _processes.Count - 1; i >= 0; i--)
        {
            // A listing may miss a process while others come and go, so one that is missing is looked at by itself.
            TrackedProcess process = _processes[i];
            if (!process.IsAlive || (!_listed.Contains(process.ProcessId) && !ProcessTree.Contains(_rootProcessId, process.ProcessId)))
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

    private void VisitAll(Func<TrackedProcess, PageSet, CancellationToken, bool> visit, PageSet pages, CancellationToken cancellationToken)
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

                Log.Executed(_logger, processId);
            }
        }

        ThrowIfRootEnded();
    }

    private bool TryOpen(int processId, int index = -1)
    {
        try
        {
            Add(TrackedProcess.Open(processId, TrackedParent(processId), _scanner, _features, _logger), index);
            return true;
        }
        catch (PageTrackingException e) when (e.ErrorNumber == Errno.ESRCH)
        {
            return false;
        }
    }

    private void Add(TrackedProcess process, int index = -1)
    {
        _processes.Insert(index < 0 ? _processes.Count : index, process);
        _processIds.Insert(index < 0 ? _processIds.Count : index, process.ProcessId);
    }

    private void Remove(int index)
    {
        TrackedProcess process = _processes[index];
        _registeredBefore += process.Registered;
        _failedBefore += process.Failed;
        _longestStop = process.Stopped > _longestStop ? process.Stopped : _longestStop;
        Log.Left(_logger, process.ProcessId);
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
        if (!_processIds.Contains(_rootProcessId))
        {
            throw SystemCallFailure.Ended(_rootProcessId);
        }
    }
}
