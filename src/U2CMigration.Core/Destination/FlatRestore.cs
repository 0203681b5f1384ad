using U2CMigration.Core.PageStores;
using U2CMigration.Core.Results;
using U2CMigration.Criu.Images;
using U2CMigration.Criu.LazyPages;
using U2CMigration.Criu.Options;
using U2CMigration.Criu.Rpc;

namespace U2CMigration.Core.Destination;

/// <summary>All pages are written into an ordinary image set first: for destinations without userfaultfd. The downtime grows with memory.</summary>
internal sealed class FlatRestore(DestinationContext context, HeldRestore restore, PageStore store, IReadOnlyList<CriuInheritedDescriptor> given) : IRestore
{
    // CRIU's end, good or bad, changes nothing once the processes are complete and frozen.
    private Task _ended = Task.CompletedTask;

    public bool StillServes => false;

    public async Task<int> HoldAsync(Task pagesComplete, CancellationToken cancellationToken)
    {
        await pagesComplete.WaitAsync(cancellationToken).ConfigureAwait(false);
        await Task.Run(() => PagemapRewriter.MakePresent(new ImageDirectory(context.ImagesDirectory), store.CopyTo, cancellationToken), cancellationToken).ConfigureAwait(false);
        context.Options.Faults?.InPlacedPages?.Invoke(new ImageDirectory(context.ImagesDirectory));
        return await restore.HoldAsync(RestoreOptions.For(context, lazyPages: false, given), cancellationToken).ConfigureAwait(false);
    }

    public Task InstallAsync(ReadOnlyMemory<LazyPageRange> pages, TimeSpan budget, CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task FinishAsync(Action freeze)
    {
        await restore.UnlockAsync().ConfigureAwait(false);
        freeze();
        _ended = restore.ResumeAsync();
    }

    public void Begin()
    {
    }

    public Task<FillReport?> CompleteAsync() => Task.FromResult<FillReport?>(null);

    public async ValueTask DisposeAsync()
    {
        await restore.DisposeAsync().ConfigureAwait(false);
        await _ended.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
