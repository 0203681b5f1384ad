using Microsoft.Extensions.Logging;
using U2CMigration.PageTracking.Features;
using U2CMigration.PageTracking.Logging;
using U2CMigration.PageTracking.Pages;
using U2CMigration.PageTracking.PageTables;
using U2CMigration.PageTracking.Processes;
using U2CMigration.PageTracking.Trackers;

namespace U2CMigration.PageTracking.WriteProtect;

/// <summary>One process of a tracked tree. While it cannot be entered, all its pages are reported every time: costly, but never wrong.</summary>
internal sealed class TrackedProcess : ITrackedProcess
{
    /// <summary>All others wait while a process that turned up is entered.</summary>
    internal static readonly TimeSpan PatienceInRounds = TimeSpan.FromMilliseconds(500);
    private readonly AddressSpace _space;
    private readonly PagemapScanner _scanner;
    private readonly int _parentProcessId;
    private readonly ILogger _logger;
    private WriteProtection? _protection;
    private bool _warned;

    private TrackedProcess(int processId, int parentProcessId, PagemapScanner scanner, KernelFeatures features, ILogger logger)
    {
        _space = new AddressSpace(processId, scanner, features);
        _parentProcessId = parentProcessId;
        _scanner = scanner;
        _logger = logger;
    }

    public int ProcessId => _space.ProcessId;

    public bool IsAlive => _space.IsAlive;

    internal bool IsProtected => _protection is not null;

    internal WriteProtection? Protection => _protection;

    /// <summary>Whether it runs in the memory of its parent, as between vfork and exec.</summary>
    internal bool RunsInParent => _parentProcessId != 0 && ProcessTree.SharesMemory(ProcessId, _parentProcessId);

    internal TimeSpan Stopped => _protection?.Stopped ?? TimeSpan.Zero;

    internal long Registered => _protection?.Registered ?? 0;

    internal long Failed => _protection?.Failed ?? 0;

    /// <summary>Opens a process and enters it, or fails.</summary>
    /// <param name="processId">The process.</param>
    /// <param name="parentProcessId">Its parent if that is tracked too, else 0.</param>
    /// <param name="scanner">Walks the page tables.</param>
    /// <param name="features">What the kernel can do.</param>
    /// <param name="logger">Receives events.</param>
    /// <exception cref="PageTrackingException">The process cannot be tracked; it is as it was.</exception>
    internal static TrackedProcess Enter(int processId, int parentProcessId, PagemapScanner scanner, KernelFeatures features, ILogger logger)
    {
        TrackedProcess process = new(processId, parentProcessId, scanner, features, logger);
        try
        {
            if (!process.RunsInParent)
            {
                process.Protect(Injection.UserfaultfdInjection.Patience);
            }

            return process;
        }
        catch
        {
            process.Dispose();
            throw;
        }
    }

    /// <summary>Opens a process that turned up while its tree was tracked; whether it can be entered shows later.</summary>
    /// <inheritdoc cref="Enter"/>
    internal static TrackedProcess Open(int processId, int parentProcessId, PagemapScanner scanner, KernelFeatures features, ILogger logger) =>
        new(processId, parentProcessId, scanner, features, logger);

    /// <inheritdoc/>
    public bool TryCollect(PageSet dirty, CancellationToken cancellationToken)
    {
        if (!TryEnter(PatienceInRounds, null, out PageTrackingException? failure))
        {
            return false;
        }

        if (_protection is not null)
        {
            _protection.Collect(dirty, cancellationToken);
            return true;
        }

        if (failure is not null && !_warned && IsAlive)
        {
            _warned = true;
            Log.NotEntered(_logger, ProcessId, failure.Message);
        }

        _space.CollectResident(dirty.Of(ProcessId), cancellationToken);
        return true;
    }

    /// <summary>Reads the mappings, and enters the process unless it is entered already.</summary>
    /// <param name="patience">How long its main thread may take to stop.</param>
    /// <param name="refuse">Throws when this process should not be entered now.</param>
    /// <param name="failure">Why it cannot be entered now; null also when it runs in the memory of its parent, which is tracked there.</param>
    /// <returns>False when the address space is gone.</returns>
    internal bool TryEnter(TimeSpan patience, Action<int>? refuse, out PageTrackingException? failure)
    {
        failure = null;
        if (!_space.TryReadAreas())
        {
            return false;
        }

        // A child between vfork and exec lives in the memory of its parent, which is tracked already: two trackings of one memory would rob each other.
        if (_protection is null && !RunsInParent)
        {
            try
            {
                refuse?.Invoke(ProcessId);
                Protect(patience);
            }
            catch (PageTrackingException e)
            {
                failure = e;
            }
        }

        return true;
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
        _protection?.Dispose();
        _space.Dispose();
    }

    private void Protect(TimeSpan patience)
    {
        _protection = new WriteProtection(_space, _scanner, patience);
        Log.Entered(_logger, ProcessId, _protection.Stopped.TotalMicroseconds);
    }
}
