using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using U2CMigration.PageTracking.Features;
using U2CMigration.PageTracking.Logging;
using U2CMigration.PageTracking.Pages;
using U2CMigration.PageTracking.PageTables;
using U2CMigration.PageTracking.Trackers;

namespace U2CMigration.PageTracking.WriteProtect;

/// <summary>Tracks a process tree by asynchronous write-protection (userfaultfd WP_ASYNC and PAGEMAP_SCAN, Linux 6.7).</summary>
/// <remarks>
/// The processes are unmodified. Each is entered once: its main thread is stopped for about a tenth of a millisecond to create a userfaultfd, which is taken
/// out again; a program waiting in epoll_wait may see one EINTR. From then on the first write to a page after each collection costs it about a microsecond.
/// Processes forked later are found by <see cref="Collect"/>; so is an exec, after which all pages are reported again, as are those of a moved mapping.
/// Private memory only: shared mappings, hugetlb and the kernel's own pages are not looked at. Of private file mappings the pages that were written are
/// reported. Pages written by hardware through long-term pins (RDMA, io_uring fixed buffers) are not seen.
/// A frozen tree can be collected, but a frozen process cannot be entered: one forked just before the freeze is reported in full.
/// </remarks>
public sealed class WriteProtectTracker : IPageTracker, IProtectedProcesses, ITrackedProcessFactory<TrackedProcess>
{
    internal const string TrackerName = "write-protect";
    private readonly KernelFeatures _features;
    private readonly PagemapScanner _scanner;
    private readonly ILogger _logger;
    private readonly TrackedTree<TrackedProcess> _tree;
    private long _registeredBefore;
    private long _failedBefore;
    private TimeSpan _longestStop;
    private TimeSpan _lastCollect;
    private bool _disposed;

    private WriteProtectTracker(int rootProcessId, KernelFeatures features, ILogger logger)
    {
        _features = features;
        _scanner = new PagemapScanner(features);
        _logger = logger;
        _tree = new TrackedTree<TrackedProcess>(rootProcessId, this, logger);
    }

    /// <inheritdoc/>
    public string Name => TrackerName;

    /// <inheritdoc/>
    public IReadOnlyList<int> ProcessIds => _tree.ProcessIds;

    /// <summary>What tracking has cost so far.</summary>
    public TrackerStatistics Statistics => new(
        _registeredBefore + _tree.Processes.Sum(static process => process.Registered),
        _failedBefore + _tree.Processes.Sum(static process => process.Failed),
        _tree.Processes.Count(static process => !process.IsProtected),
        _tree.Processes.Aggregate(_longestStop, static (longest, process) => process.Stopped > longest ? process.Stopped : longest),
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
        _tree.Collect(dirty, cancellationToken);
        _lastCollect = Stopwatch.GetElapsedTime(started);
        Log.Collected(_logger, dirty.PageCount, _tree.Processes.Count, _lastCollect.TotalMilliseconds);
    }

    /// <inheritdoc/>
    public void CollectResident(PageSet resident, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(resident);
        ObjectDisposedException.ThrowIf(_disposed, this);
        _tree.CollectResident(resident, cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            _tree.Dispose();
        }
    }

    WriteProtection? IProtectedProcesses.ProtectionOf(int processId) => _tree.Processes.FirstOrDefault(process => process.ProcessId == processId)?.Protection;

    TrackedProcess ITrackedProcessFactory<TrackedProcess>.Enter(int processId, int parentProcessId) =>
        TrackedProcess.Enter(processId, parentProcessId, _scanner, _features, _logger);

    TrackedProcess ITrackedProcessFactory<TrackedProcess>.Open(int processId, int parentProcessId) =>
        TrackedProcess.Open(processId, parentProcessId, _scanner, _features, _logger);

    void ITrackedProcessFactory<TrackedProcess>.Left(TrackedProcess process)
    {
        _registeredBefore += process.Registered;
        _failedBefore += process.Failed;
        _longestStop = process.Stopped > _longestStop ? process.Stopped : _longestStop;
    }

    internal static WriteProtectTracker Attach(int rootProcessId, KernelFeatures features, ILoggerFactory? loggerFactory)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rootProcessId);
        features.ThrowUnlessWriteProtect();
        WriteProtectTracker tracker = new(rootProcessId, features, (loggerFactory ?? NullLoggerFactory.Instance).CreateLogger("U2CMigration.PageTracking"));
        try
        {
            tracker._tree.EnterAll();
            return tracker;
        }
        catch
        {
            tracker.Dispose();
            throw;
        }
    }
}
