using Microsoft.Extensions.Logging;
using U2CMigration.PageTracking.Features;
using U2CMigration.PageTracking.Pages;
using U2CMigration.PageTracking.PageTables;
using U2CMigration.PageTracking.Trackers;

namespace U2CMigration.PageTracking.WriteProtect;

/// <summary>One process of a tracked tree. While it can not be entered, all its pages are reported every time: costly, but never wrong.</summary>
internal sealed class TrackedProcess : ITrackedProcess
{
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

    internal TimeSpan Stopped => _protection?.Stopped ?? TimeSpan.Zero;

    internal long Registered => _protection?.Registered ?? 0;

    internal long Failed => _protection?.Failed ?? 0;

    /// <summary>Opens a process and enters it, or fails.</summary>
    /// <param name="processId">The process.</param>
    /// <param name="parentProcessId">Its parent if that is tracked too, else 0.</param>
    /// <param name="scanner">Walks the page tables.</param>
    /// <param name="features">What the kernel can do.</param>
    /// <param name="logger">Receives events.</param>
    /// <exception cref="PageTrackingException">The process can not be tracked; it is as it was.</exception>
    internal static TrackedProcess Enter(int processId, int parentProcessId, PagemapScanner scanner, KernelFeatures features, ILogger logger)
    {
        TrackedProcess process = new(processId, parentProcessId, scanner, features, logger);
        try
        {
            if (!process.SharesMemoryWithParent())
            {
                process.Protect();
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
        if (!_space.TryReadAreas())
        {
            return false;
        }

        if (_protection is null)
        {
            TryProtect();
        }

        if (_protection is not null)
        {
            _protection.Collect(dirty, cancellationToken);
        }
        else
        {
            _space.CollectResident(dirty.Of(ProcessId), cancellationToken);
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

    private void TryProtect()
    {
        // A child between vfork and exec lives in the memory of its parent, which is tracked already: two trackings of one memory would rob each other.
        if (SharesMemoryWithParent())
        {
            return;
        }

        try
        {
            Protect();
        }
        catch (PageTrackingException e)
        {
            if (!_warned && IsAlive)
            {
                _warned = true;
                Log.NotEntered(_logger, ProcessId, e.Message);
            }
        }
    }

    private void Protect()
    {
        _protection = new WriteProtection(_space, _scanner);
        Log.Entered(_logger, ProcessId, _protection.Stopped.TotalMicroseconds);
    }

    private bool SharesMemoryWithParent() => _parentProcessId != 0 && AddressSpace.IsShared(ProcessId, _parentProcessId);
}
