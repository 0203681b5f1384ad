using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using U2CMigration.PageTracking.Features;
using U2CMigration.PageTracking.Logging;
using U2CMigration.PageTracking.Pages;
using U2CMigration.PageTracking.PageTables;
using U2CMigration.PageTracking.Reading;
using U2CMigration.PageTracking.Trackers;

namespace U2CMigration.PageTracking.ContentHash;

/// <summary>Finds the pages of a process tree that have changed by reading and hashing all of its memory: the last resort, for kernels that track nothing.</summary>
/// <remarks>
/// It needs no feature of the kernel, stops nothing and slows no write down. Its price is that each collection reads every resident page (see
/// <see cref="Statistics"/>), also the last one, which happens while the tree is frozen: downtime grows with memory.
/// It differs from other trackers in what it reports: pages whose content has changed, so that a page written with what it held already is left out.
/// Whoever copies pages must tell it through <see cref="ICopyObserver"/>: only then is a page that was copied in mid-change found.
/// </remarks>
public sealed class ContentHashTracker : IPageTracker, ICopyObserver, ITrackedProcessFactory<ContentHashProcess>
{
    internal const string TrackerName = "content-hash";
    private readonly KernelFeatures _features;
    private readonly IPageTableReader _reader;
    private readonly ILogger _logger;
    private readonly TrackedTree<ContentHashProcess> _tree;
    private readonly CopiedPages _copied = new();
    private long _hashedBefore;
    private TimeSpan _lastCollect;
    private bool _disposed;

    private ContentHashTracker(int rootProcessId, KernelFeatures features, ILogger logger)
    {
        _features = features;
        _reader = PageTableReaders.For(features);
        _logger = logger;
        _tree = new TrackedTree<ContentHashProcess>(rootProcessId, this, logger);
    }

    /// <inheritdoc/>
    public string Name => TrackerName;

    /// <inheritdoc/>
    public IReadOnlyList<int> ProcessIds => _tree.ProcessIds;

    /// <summary>What it has cost so far.</summary>
    public ContentHashStatistics Statistics => new(HashedPages, _lastCollect);

    private long HashedPages => _hashedBefore + _tree.Processes.Sum(static process => process.HashedPages);

    /// <summary>Opens every process of a tree.</summary>
    /// <param name="rootProcessId">The root of the tree, in the PID namespace of the caller.</param>
    /// <param name="loggerFactory">Receives events 2000 to 2099; null for none.</param>
    /// <exception cref="PageTrackingException">A process is gone or may not be looked into.</exception>
    /// <exception cref="ArgumentException">The tree contains the calling process.</exception>
    public static ContentHashTracker Attach(int rootProcessId, ILoggerFactory? loggerFactory = null) =>
        Attach(rootProcessId, KernelFeatures.Probe(), loggerFactory);

    /// <inheritdoc/>
    public void Collect(PageSet dirty, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(dirty);
        ObjectDisposedException.ThrowIf(_disposed, this);
        long started = Stopwatch.GetTimestamp();
        long before = HashedPages;
        _tree.Collect(dirty, cancellationToken);
        _lastCollect = Stopwatch.GetElapsedTime(started);
        Log.Collected(_logger, dirty.PageCount, _tree.Processes.Count, _lastCollect.TotalMilliseconds);
        Log.Hashed(_logger, HashedPages - before, _lastCollect.TotalMilliseconds);
    }

    /// <inheritdoc/>
    public void CollectResident(PageSet resident, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(resident);
        ObjectDisposedException.ThrowIf(_disposed, this);
        _tree.CollectResident(resident, cancellationToken);
    }

    /// <inheritdoc/>
    public void BeginCopy(int processId, ReadOnlySpan<PageRange> ranges) => _copied.BeginCopy(processId, ranges);

    /// <inheritdoc/>
    public void EndCopy(int processId, ReadOnlySpan<PageRange> ranges, ReadOnlySpan<byte> content, PageBitmap unreadable) =>
        _copied.EndCopy(processId, ranges, content, unreadable);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            _copied.Clear();
            _tree.Dispose();
        }
    }

    ContentHashProcess ITrackedProcessFactory<ContentHashProcess>.Enter(int processId, int parentProcessId) => Open(processId);

    ContentHashProcess ITrackedProcessFactory<ContentHashProcess>.Open(int processId, int parentProcessId) => Open(processId);

    void ITrackedProcessFactory<ContentHashProcess>.Left(ContentHashProcess process)
    {
        _hashedBefore += process.HashedPages;
        _copied.Remove(process.Hashes);
    }

    internal static ContentHashTracker Attach(int rootProcessId, KernelFeatures features, ILoggerFactory? loggerFactory)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rootProcessId);
        ContentHashTracker tracker = new(rootProcessId, features, (loggerFactory ?? NullLoggerFactory.Instance).CreateLogger("U2CMigration.PageTracking"));
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

    private ContentHashProcess Open(int processId)
    {
        ContentHashProcess process = new(processId, _reader, _features);
        _copied.Add(processId, process.Hashes);
        return process;
    }
}
