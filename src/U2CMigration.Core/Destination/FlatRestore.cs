using U2CMigration.Core.PageStores;
using U2CMigration.Core.Results;
using U2CMigration.Criu.Images;
using U2CMigration.Criu.LazyPages;
using U2CMigration.Criu.Rpc;
using U2CMigration.PageTracking.Pages;

namespace U2CMigration.Core.Destination;

/// <summary>All pages are written into an ordinary image set first: for destinations without userfaultfd. The downtime grows with memory.</summary>
internal sealed class FlatRestore(DestinationContext context, HeldRestore restore, PageStore store) : IRestore
{
    public async Task<int> HoldAsync(Task pagesComplete, CancellationToken cancellationToken)
    {
        await pagesComplete.WaitAsync(cancellationToken).ConfigureAwait(false);
        await Task.Run(() => PagemapRewriter.MakePresent(new ImageDirectory(context.ImagesDirectory), CopyPages, cancellationToken), cancellationToken).ConfigureAwait(false);
        return await restore.HoldAsync(RestoreOptions.For(context, lazyPages: false), cancellationToken).ConfigureAwait(false);
    }

    public async Task ResumeAsync() => await restore.ResumeAsync().ConfigureAwait(false);

    public Task<FillReport?> CompleteAsync() => Task.FromResult<FillReport?>(null);

    public ValueTask DisposeAsync() => restore.DisposeAsync();

    private unsafe void CopyPages(int processId, ulong address, Span<byte> destination)
    {
        while (destination.Length > 0)
        {
            LazyPageRun run = store.Find(processId, address, destination.Length / PageSize.Bytes);
            if (run.Pages == 0)
            {
                throw new ImageDamagedException($"Page {address:x} of process {processId} is not in the store.");
            }

            int bytes = run.Pages * PageSize.Bytes;
            new ReadOnlySpan<byte>((void*)run.Source, bytes).CopyTo(destination);
            destination = destination[bytes..];
            address += (ulong)bytes;
        }
    }
}
