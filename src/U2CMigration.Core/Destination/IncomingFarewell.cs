using U2CMigration.Core.CarriedState;
using U2CMigration.Core.Destination.Verification;
using U2CMigration.Core.Logging;
using U2CMigration.Core.PageStores;
using U2CMigration.Core.Results;
using U2CMigration.Core.WaitingConnections;
using U2CMigration.Transport;
using U2CMigration.Transport.Connections;
using U2CMigration.Transport.Messages;

namespace U2CMigration.Core.Destination;

/// <summary>What is left when the workload runs: the last pages, the source's comparison, and its release of the frozen copy.</summary>
internal sealed class IncomingFarewell(DestinationContext context, MigrationConnection connection, IncomingVerification verification, IArrivingTree tree, PageStore store)
{
    private static readonly TimeSpan FarewellTimeout = TimeSpan.FromSeconds(30);

    /// <summary>Whether the source has said that its copy is gone.</summary>
    public bool IsReleased { get; private set; }

    /// <summary>Waits for the last page, and then for some time for the source's release.</summary>
    /// <param name="resetting">Tells clients whose connections were given up.</param>
    /// <param name="cancellationToken">Ends the waiting for the source.</param>
    /// <returns>How the filling went; null where there was none.</returns>
    public async Task<FillReport?> RunAsync(Task<IReadOnlyList<CarriedConnection>> resetting, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task farewell = FarewellAsync(timeout);
        FillReport? fill = await tree.Restore.CompleteAsync().ConfigureAwait(false);
        foreach (CarriedConnection unreached in await resetting.ConfigureAwait(false))
        {
            context.Logger.PeerNotReset(context.MigrationId, unreached.Remote, unreached.Local);
        }

        if (fill is not null)
        {
            context.Logger.FillDone(context.MigrationId, fill.Duration.TotalMilliseconds, fill.FirstTouches);
        }

        timeout.CancelAfter(FarewellTimeout);
        try
        {
            await farewell.ConfigureAwait(false);
            var done = new FillDone(fill?.PreinstalledPages ?? 0, fill?.FirstTouches ?? 0, 0, fill?.Duration ?? TimeSpan.Zero, fill?.LongestTouch ?? TimeSpan.Zero);
            await connection.SendAsync(done, timeout.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is TransportException or OperationCanceledException or MigrationProtocolException)
        {
            context.Logger.IncomingFailed(e, connection.Peer);
        }

        return fill;
    }

    /// <summary>Answers the source's comparison until it says that it has released its copy.</summary>
    private async Task FarewellAsync(CancellationTokenSource timeout)
    {
        while (true)
        {
            switch (await connection.ReceiveAsync(timeout.Token).ConfigureAwait(false))
            {
                case VerifyPages pages:
                    await connection.SendAsync(await verification.AnswerAsync(pages, tree.Restore, runs: true).ConfigureAwait(false), timeout.Token).ConfigureAwait(false);
                    timeout.CancelAfter(FarewellTimeout);
                    break;
                case LocksReleased:
                    break; // the locks were free before the source said so
                case Released:
                    IsReleased = true;
                    context.Ledger.NoteAnswered(context.MigrationId);
                    store.StopKeeping();
                    return;
                case { } other:
                    throw new MigrationProtocolException("a comparison or the release", other.Type.ToString());
            }
        }
    }
}
