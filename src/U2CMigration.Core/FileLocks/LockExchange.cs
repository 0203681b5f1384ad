using Microsoft.Extensions.Logging;
using U2CMigration.Core.Logging;
using U2CMigration.Criu.Images;
using U2CMigration.Transport;
using U2CMigration.Transport.Connections;
using U2CMigration.Transport.Frames;
using U2CMigration.Transport.Messages;

namespace U2CMigration.Core.FileLocks;

/// <summary>What the destination says to the source, and hears, about file locks that both hosts see.</summary>
internal sealed class LockExchange(Guid migrationId, MigrationConnection connection, ILogger logger, Func<VerifyPages, Task<MigrationMessage>> compare) : IDisposable
{
    private readonly LockHandover _locks = new(logger);

    /// <summary>Whether the source holds some still.</summary>
    public bool ArePending => _locks.Pending.Count > 0;

    /// <summary>Takes the locks out of the images; to be called before the restore.</summary>
    public void TakeOver(ImageDirectory images) => _locks.TakeOver(images);

    /// <summary>Takes the locks that are free for the restored tasks, and names the others to the source.</summary>
    /// <exception cref="IOException">A lock cannot be taken at all, or the source is too old to give up the others.</exception>
    public async Task TakeFreeAsync(int rootProcessId, CancellationToken cancellationToken)
    {
        await _locks.TakeFreeAsync(rootProcessId).ConfigureAwait(false);
        if (_locks.Pending.Count == 0)
        {
            return;
        }

        if ((connection.Features & ProtocolFeatures.LockHandover) == 0)
        {
            throw new IOException($"The workload holds locks on files that both hosts see, and this source cannot hand them over: {string.Join("; ", _locks.Pending)}. Update the source.");
        }

        await connection.SendAsync(new LocksPending(_locks.Pending), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>After the commit: has the source give up the rest, and takes it.</summary>
    public async Task TakePendingAsync()
    {
        if (_locks.Pending.Count == 0)
        {
            return;
        }

        using var stop = new CancellationTokenSource();
        Task taking = _locks.TakePendingAsync(migrationId);
        try
        {
            await connection.SendAsync(new Committed(), CancellationToken.None).ConfigureAwait(false);
            Task listening = ListenAsync(stop.Token);
            await Task.WhenAny(taking, listening).ConfigureAwait(false);
            if (taking.IsCompleted)
            {
                await stop.CancelAsync().ConfigureAwait(false);
            }

            await listening.ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // They were free before the source said so.
        }
        catch (Exception e) when (e is TransportException or MigrationProtocolException)
        {
            // Nothing but the locks themselves has to say that they are free.
            logger.IncomingFailed(e, connection.Peer);
        }

        await taking.ConfigureAwait(false);
    }

    public void Dispose() => _locks.Dispose();

    private async Task ListenAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            switch (await connection.ReceiveAsync(cancellationToken).ConfigureAwait(false))
            {
                case VerifyPages pages:
                    await connection.SendAsync(await compare(pages).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
                    break;
                case LocksReleased:
                    _locks.NoteReleased();
                    return;
                case { } other:
                    throw new MigrationProtocolException("a comparison or the release of the locks", other.Type.ToString());
            }
        }
    }
}
