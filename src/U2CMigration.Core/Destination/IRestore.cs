using U2CMigration.Core.Results;
using U2CMigration.Criu.LazyPages;

namespace U2CMigration.Core.Destination;

/// <summary>Restores a workload from complete images and pages, in one of two ways.</summary>
internal interface IRestore : IAsyncDisposable
{
    /// <summary>Restores the processes and holds them before their first instruction; can be undone by disposing.</summary>
    /// <param name="pagesComplete">Completes when every page has arrived; the restore may begin before.</param>
    /// <param name="cancellationToken">Ends the restore; nothing is left.</param>
    /// <returns>The process at the root of the tree.</returns>
    Task<int> HoldAsync(Task pagesComplete, CancellationToken cancellationToken);

    /// <summary>Installs pages of processes that are held, where pages are installed at all.</summary>
    /// <param name="pages">The pages; all of them lazy.</param>
    /// <param name="budget">The longest time to spend.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    Task InstallAsync(ReadOnlyMemory<LazyPageRange> pages, TimeSpan budget, CancellationToken cancellationToken);

    /// <summary>Has CRIU finish: it lets go of the processes, which run unless they are frozen.</summary>
    /// <param name="freeze">Freezes them; called when each stands before its first instruction.</param>
    Task FinishAsync(Action freeze);

    /// <summary>To be called when they run: fills in what is left.</summary>
    void Begin();

    /// <summary>Waits until every page is in place.</summary>
    Task<FillReport?> CompleteAsync();

    /// <summary>Whether pages are still served once it was disposed, as after a fill that failed: those who wait for one get it. They are in use until this program ends.</summary>
    bool StillServes { get; }
}
