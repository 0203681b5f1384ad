using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using U2CMigration.PageTracking.Features;
using U2CMigration.PageTracking.Logging;
using U2CMigration.PageTracking.Pages;
using U2CMigration.PageTracking.PageTables;
using U2CMigration.PageTracking.Reading;
using U2CMigration.PageTracking.Trackers;
using U2CMigration.PageTracking.WriteProtect;

namespace U2CMigration.PageTracking.Mixed;

/// <summary>Tracks each process of a tree in the best way that works for it: what <see cref="TrackerKind.Auto"/> stands for where the kernel has write-protection.</summary>
/// <remarks>
/// A process is write-protected as by <see cref="WriteProtectTracker"/> if it can be entered. If not (it has used up its descriptors, dispatches its system calls to a
/// handler of its own, has a seccomp policy that may not be suspended, sleeps in a device), it is tracked by soft-dirty bits or, on kernels without them, by
/// hashing its memory in each look, and entered later if it can be then. Anyone who copies pages must tell it through <see cref="ICopyObserver"/>, for the sake of those.
/// A process that is traced by another one, frozen, or write-protected by another tracker is refused.
/// </remarks>
public sealed class MixedTracker : IPageTracker, ICopyObserver, IProtectedProcesses, ITrackedProcessFactory<MixedProcess>
{
    private readonly KernelFeatures _features;
    private readonly PagemapScanner _scanner;
    private readonly FallbackTracking _fallback;
    private readonly ILogger _logger;
    private readonly TrackedTree<MixedProcess> _tree;
    private string _name = WriteProtectTracker.TrackerName;
    private bool _disposed;

    private MixedTracker(int rootProcessId, KernelFeatures features, ILogger logger)
    {
        _features = features;
        _scanner = new PagemapScanner(features);
        _fallback = new FallbackTracking(features, logger);
        _logger = logger;
        _tree = new TrackedTree<MixedProcess>(rootProcessId, this, logger);
    }

    /// <summary>What is used now, for example <c>write-protect+content-hash</c>.</summary>
    public string Name => _name;

    /// <inheritdoc/>
    public IReadOnlyList<int> ProcessIds => _tree.ProcessIds;

    /// <summary>The processes that are not write-protected now, as of the last <see cref="Collect"/> or of the beginning.</summary>
    public IReadOnlyList<UnenteredProcess> Unentered =>
        [.. _tree.Processes.Where(static process => process.Reason is not null).Select(process => new UnenteredProcess(process.ProcessId, _fallback.Name, process.Reason!))];

    /// <summary>Takes up every process of a tree.</summary>
    /// <param name="rootProcessId">The root of the tree, in the PID namespace of the caller.</param>
    /// <param name="loggerFactory">Receives events 2000 to 2099; null for none.</param>
    /// <exception cref="PageTrackingException">The kernel lacks something, or a process is gone, frozen, traced or tracked already; all are as they were.</exception>
    /// <exception cref="ArgumentException">The tree contains the calling process.</exception>
    public static MixedTracker Attach(int rootProcessId, ILoggerFactory? loggerFactory = null) => Attach(rootProcessId, KernelFeatures.Probe(), loggerFactory);

    /// <inheritdoc/>
    public void Collect(PageSet dirty, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(dirty);
        ObjectDisposedException.ThrowIf(_disposed, this);
        long started = Stopwatch.GetTimestamp();
        _tree.Collect(dirty, cancellationToken);
        TakeName();
        Log.Collected(_logger, dirty.PageCount, _tree.Processes.Count, Stopwatch.GetElapsedTime(started).TotalMilliseconds);
    }

    /// <inheritdoc/>
    public void CollectResident(PageSet resident, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(resident);
        ObjectDisposedException.ThrowIf(_disposed, this);
        _tree.CollectResident(resident, cancellationToken);
    }

    /// <inheritdoc/>
    public void BeginCopy(int processId, ReadOnlySpan<PageRange> ranges) => _fallback.Copied.BeginCopy(processId, ranges);

    /// <inheritdoc/>
    public void EndCopy(int processId, ReadOnlySpan<PageRange> ranges, ReadOnlySpan<byte> content, PageBitmap unreadable) =>
        _fallback.Copied.EndCopy(processId, ranges, content, unreadable);

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

    MixedProcess ITrackedProcessFactory<MixedProcess>.Enter(int processId, int parentProcessId) =>
        MixedProcess.Enter(OpenToEnter(processId, parentProcessId), parentProcessId, _fallback, _logger);

    MixedProcess ITrackedProcessFactory<MixedProcess>.Open(int processId, int parentProcessId) =>
        MixedProcess.Open(OpenToEnter(processId, parentProcessId), parentProcessId, _fallback, _logger);

    void ITrackedProcessFactory<MixedProcess>.Left(MixedProcess process)
    {
    }

    internal static MixedTracker Attach(int rootProcessId, KernelFeatures features, ILoggerFactory? loggerFactory)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rootProcessId);
        features.ThrowUnlessWriteProtect();
        MixedTracker tracker = new(rootProcessId, features, (loggerFactory ?? NullLoggerFactory.Instance).CreateLogger("U2CMigration.PageTracking"));
        try
        {
            tracker._tree.EnterAll();
            tracker.TakeName();
            return tracker;
        }
        catch
        {
            tracker.Dispose();
            throw;
        }
    }

    private TrackedProcess OpenToEnter(int processId, int parentProcessId) => TrackedProcess.Open(processId, parentProcessId, _scanner, _features, _logger);

    private void TakeName()
    {
        bool enters = _tree.Processes.Any(static process => process.IsProtected);
        bool falls = _tree.Processes.Any(static process => process.Reason is not null);
        _name = (enters, falls) switch
        {
            (true, true) => $"{WriteProtectTracker.TrackerName}+{_fallback.Name}",
            (false, true) => _fallback.Name,
            _ => WriteProtectTracker.TrackerName,
        };
    }
}
