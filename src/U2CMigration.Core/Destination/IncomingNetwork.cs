using Microsoft.Extensions.Logging;
using U2CMigration.Core.Handover;
using U2CMigration.Core.Logging;

namespace U2CMigration.Core.Destination;

/// <summary>The address of the workload on this host, from before the first page until it runs here, or does not.</summary>
/// <param name="network">Moves it; null where none moves.</param>
/// <param name="logger">Is told what could not be undone.</param>
internal sealed class IncomingNetwork(IDestinationNetwork? network, ILogger logger)
{
    private static readonly TimeSpan UndoTimeout = TimeSpan.FromSeconds(10);

    private bool _touched;

    /// <summary>Completes when the address is on this host, told to no neighbour.</summary>
    public Task Acquired { get; private set; } = Task.CompletedTask;

    /// <summary>Checks and prepares, before the migration is accepted.</summary>
    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        if (network is not null)
        {
            _touched = true;
            await network.PrepareAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Takes the address, in the time in which the source dumps.</summary>
    public void BeginAcquiring(CancellationToken cancellationToken)
    {
        if (network is not null)
        {
            Acquired = Task.Run(() => network.AcquireAsync(cancellationToken).AsTask(), cancellationToken);
        }
    }

    /// <summary>Tells the neighbours, beside the resume.</summary>
    public Task AnnounceAsync() => network is null ? Task.CompletedTask : Task.Run(() => network.AnnounceAsync(CancellationToken.None).AsTask());

    /// <summary>Gives the address back when the workload does not run here.</summary>
    public async Task AbandonAsync()
    {
        if (!_touched)
        {
            return;
        }

        await Acquired.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        using var timeout = new CancellationTokenSource(UndoTimeout);
        try
        {
            await network!.AbandonAsync(timeout.Token).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            logger.UndoFailed(e, "the network handover");
        }
    }
}
