using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using U2CMigration.PageTracking.Features;
using U2CMigration.PageTracking.Logging;
using U2CMigration.PageTracking.Pages;
using U2CMigration.PageTracking.PageTables;
using U2CMigration.PageTracking.Trackers;

namespace U2CMigration.PageTracking.SoftDirty;

/// <summary>Tracks a process tree by the soft-dirty bits of its page tables (clear_refs and pagemap, Linux 3.11 with CONFIG_MEM_SOFT_DIRTY).</summary>
/// <remarks>
/// The processes are unmodified, and nothing is put into them. In each collection but the first, every process is stopped with ptrace while its bits are read
/// and cleared, one process after the other: what is written between the two steps would be lost. A program waiting in epoll_wait may see one EINTR then.
/// A tree that is frozen already is not stopped again. The first write to a page after each collection costs the program a page fault.
/// More is reported than was written where the kernel knows no better: a new mapping, and one that has grown or was merged with a new one, is dirty as a
/// whole, as is each transparent huge page with one written byte. Private memory only, as with every tracker.
/// The bits belong to the kernel, not to a user of them: a second tracker, or CRIU with memory tracking, that clears them meanwhile takes pages away from
/// this one, and the other way round. Pages written by hardware through long-term pins (RDMA, io_uring fixed buffers) are not seen.
/// </remarks>
public sealed class SoftDirtyTracker : IPageTracker, ITrackedProcessFactory<SoftDirtyProcess>
{
    internal const string TrackerName = "soft-dirty";
    private readonly KernelFeatures _features;
    private readonly IPageTableReader _reader;
    private readonly ILogger _logger;
    private readonly TrackedTree<SoftDirtyProcess> _tree;
    private TimeSpan _longestStop;
    private long _unclearedBefore;
    private TimeSpan _lastCollect;
    private bool _disposed;

    private SoftDirtyTracker(int rootProcessId, KernelFeatures features, ILogger logger)
    {
        _features = features;
        _reader = PageTableReaders.ForSoftDirty(features);
        _logger = logger;
        _tree = new TrackedTree<SoftDirtyProcess>(rootProcessId, this, logger);
    }

    /// <inheritdoc/>
    public string Name => TrackerName;

    /// <inheritdoc/>
    public IReadOnlyList<int> ProcessIds => _tree.ProcessIds;

    /// <summary>What tracking has cost so far.</summary>
    public SoftDirtyStatistics Statistics => new(
        _tree.Processes.Aggregate(_longestStop, static (longest, process) => Longer(longest, process.LongestStop)),
        LastStop,
        _unclearedBefore + _tree.Processes.Sum(static process => process.Uncleared),
        _lastCollect);

    private TimeSpan LastStop => _tree.Processes.Aggregate(TimeSpan.Zero, static (longest, process) => Longer(longest, process.LastStop));

    /// <summary>Opens every process of a tree. Nothing is cleared before the first <see cref="Collect"/>.</summary>
    /// <param name="rootProcessId">The root of the tree, in the PID namespace of the caller.</param>
    /// <param name="loggerFactory">Receives events 2000 to 2099; null for none.</param>
    /// <exception cref="PageTrackingException">The kernel has no soft-dirty bits, or a process is gone or may not be looked into; all are as they were.</exception>
    /// <exception cref="ArgumentException">The tree contains the calling process.</exception>
    public static SoftDirtyTracker Attach(int rootProcessId, ILoggerFactory? loggerFactory = null) =>
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
        Log.Stopped(_logger, LastStop.TotalMicroseconds);
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

    SoftDirtyProcess ITrackedProcessFactory<SoftDirtyProcess>.Enter(int processId, int parentProcessId) => Open(processId, parentProcessId);

    SoftDirtyProcess ITrackedProcessFactory<SoftDirtyProcess>.Open(int processId, int parentProcessId) => Open(processId, parentProcessId);

    void ITrackedProcessFactory<SoftDirtyProcess>.Left(SoftDirtyProcess process)
    {
        _longestStop = Longer(_longestStop, process.LongestStop);
        _unclearedBefore += process.Uncleared;
    }

    internal static SoftDirtyTracker Attach(int rootProcessId, KernelFeatures features, ILoggerFactory? loggerFactory)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rootProcessId);
        features.ThrowUnlessSoftDirty();
        SoftDirtyTracker tracker = new(rootProcessId, features, (loggerFactory ?? NullLoggerFactory.Instance).CreateLogger("U2CMigration.PageTracking"));
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

    private SoftDirtyProcess Open(int processId, int parentProcessId) => new(processId, parentProcessId, _reader, _features, _logger);

    private static TimeSpan Longer(TimeSpan first, TimeSpan second) => first > second ? first : second;
}
