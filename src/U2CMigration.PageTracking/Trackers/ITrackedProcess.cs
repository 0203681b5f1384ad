using U2CMigration.PageTracking.Pages;

namespace U2CMigration.PageTracking.Trackers;

/// <summary>One process of a tracked tree, with the address space that it had when it was taken up.</summary>
internal interface ITrackedProcess : IDisposable
{
    /// <summary>The process.</summary>
    int ProcessId { get; }

    /// <summary>Whether the number still means this process and it has not ended, whatever address space it has now.</summary>
    bool IsAlive { get; }

    /// <summary>Adds the pages written since the last call; all that hold content in the first one.</summary>
    /// <returns>False, with nothing added, when the address space is gone: the process has ended or executed another program.</returns>
    bool TryCollect(PageSet dirty, CancellationToken cancellationToken);

    /// <summary>Adds the pages that hold content of their own.</summary>
    /// <returns>False, with nothing added, when the address space is gone.</returns>
    bool TryCollectResident(PageSet resident, CancellationToken cancellationToken);
}
