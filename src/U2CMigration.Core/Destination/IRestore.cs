using U2CMigration.Core.Results;

namespace U2CMigration.Core.Destination;

/// <summary>Restores a workload from complete images and pages, in one of two ways.</summary>
internal interface IRestore : IAsyncDisposable
{
    /// <summary>Restores the processes and holds them before their first instruction; can be undone by disposing.</summary>
    /// <returns>The process at the root of the tree.</returns>
    Task<int> HoldAsync(CancellationToken cancellationToken);

    /// <summary>Lets the processes run. There is no way back.</summary>
    Task ResumeAsync();

    /// <summary>Waits until every page is in place.</summary>
    Task<FillReport?> CompleteAsync();
}
