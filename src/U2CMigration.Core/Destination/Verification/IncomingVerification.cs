using U2CMigration.Core.PageStores;
using U2CMigration.Core.Receiving;
using U2CMigration.Criu.Images;
using U2CMigration.Transport.Connections;
using U2CMigration.Transport.Frames;
using U2CMigration.Transport.Messages;

namespace U2CMigration.Core.Destination.Verification;

/// <summary>The destination's part in a verification, if the source asks for one: with the restored processes, or with the store where the source is of an older version.</summary>
internal sealed class IncomingVerification(DestinationContext context, MigrationConnection connection, PageStore store) : IAsyncDisposable
{
    private RestoredMemory? _restored;

    /// <summary>What the source sends while the restore is under way.</summary>
    public ExpectedPages Expected { get; } = new();

    private bool ReadsRestored => (context.Offer.Options & OfferOptions.Verify) != 0 && (connection.Features & ProtocolFeatures.RestoredMemory) != 0;

    /// <summary>Begins when the images say which pages are lazy.</summary>
    /// <param name="mode">The way of the restore.</param>
    /// <param name="received">The images as they arrived.</param>
    /// <param name="objects">Shared memory that came as pages: its numbers, by that under which mappings name it.</param>
    /// <returns>Keeps account of what is given on first touch; null when none was asked for.</returns>
    public InstallLedger? Begin(RestoreMode mode, IReadOnlyList<ImageChecksum> received, IReadOnlyDictionary<ulong, int> objects)
    {
        if (!ReadsRestored)
        {
            return null;
        }

        InstallLedger? ledger = mode == RestoreMode.FlatImages ? null : new InstallLedger(store, new ImageDirectory(context.ImagesDirectory));
        _restored = new RestoredMemory(context, store, ledger, received, objects);
        _restored.Prepare();
        return ledger;
    }

    /// <summary>Compares the tree that is held.</summary>
    /// <exception cref="MemoryMismatchException">It differs.</exception>
    public Task CompareHeldAsync(int rootProcessId, IRestore restore, CancellationToken cancellationToken) =>
        _restored?.CompareHeldAsync(rootProcessId, Expected, restore, cancellationToken) ?? Task.CompletedTask;

    /// <summary>Answers one message of the comparison that follows the resume, or comes before it where the source has to let go first.</summary>
    public async Task<MigrationMessage> AnswerAsync(VerifyPages pages, IRestore restore, bool runs)
    {
        if (_restored is null)
        {
            return store.Verify(pages.ProcessId, pages.Address, pages.Checksums.Span);
        }

        if (!runs)
        {
            return await _restored.CompareAllHeldAsync(pages, restore).ConfigureAwait(false);
        }

        // A page that is read before it is installed would be waited for one by one.
        await restore.CompleteAsync().ConfigureAwait(false);
        return await Task.Run(() => _restored.Compare(pages)).ConfigureAwait(false);
    }

    public ValueTask DisposeAsync() => _restored?.DisposeAsync() ?? ValueTask.CompletedTask;
}
