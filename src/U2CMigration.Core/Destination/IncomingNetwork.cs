using Microsoft.Extensions.Logging;
using U2CMigration.Core.Agreement;
using U2CMigration.Core.Handover;
using U2CMigration.Core.Logging;

namespace U2CMigration.Core.Destination;

/// <summary>The address of the workload on this host, from before the first page until it runs here, or does not.</summary>
/// <param name="network">Brings it; null where none moves.</param>
/// <param name="request">Whose it is.</param>
/// <param name="logger">Is told what could not be done or undone.</param>
internal sealed class IncomingNetwork(IDestinationNetwork? network, AddressRequest request, ILogger logger)
{
    private static readonly TimeSpan UndoTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    /// <summary>How long an announcement that fails is tried again.</summary>
    private static readonly TimeSpan Persistence = TimeSpan.FromMinutes(10);

    /// <summary>The source passes packets on once it has heard the announcement, so it is worth a moment; more would put the word off that the workload runs.</summary>
    private static readonly TimeSpan UsualAnnouncement = TimeSpan.FromMilliseconds(50);

    private IArrivingAddress? _arriving;
    private volatile string? _problem;

    /// <summary>Completes when the address is on this host, told to no neighbour.</summary>
    public Task Acquired { get; private set; } = Task.CompletedTask;

    /// <summary>Completes when the neighbours know, however often it had to be tried.</summary>
    public Task Announced { get; private set; } = Task.CompletedTask;

    /// <summary>What keeps clients from the workload here, in a sentence; null for nothing.</summary>
    public string? Problem => _problem;

    /// <summary>What is asked of the network of this host.</summary>
    public static AddressRequest RequestOf(DestinationContext context, string peer) => new(
        context.MigrationId,
        System.Net.IPEndPoint.TryParse(peer, out System.Net.IPEndPoint? source) ? source : null,
        [.. MovingAddress.In(context.Offer.Traits)],
        [.. (context.Needs?.Endpoints ?? []).Select(static need => need.EndPoint.Address).Distinct()]);

    /// <summary>Checks and prepares, before the migration is accepted.</summary>
    /// <param name="own">The network that the workload has to itself; null for none.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task PrepareAsync(IArrivingAddress? own, CancellationToken cancellationToken)
    {
        if (own is not null)
        {
            _arriving = own;
        }
        else if (network is not null)
        {
            _arriving = await network.PrepareAsync(request, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Takes the address, once the images are here: anyone who only says that a workload is frozen does not get so far.</summary>
    public void BeginAcquiring(CancellationToken cancellationToken)
    {
        if (_arriving is { } arriving)
        {
            Acquired = Task.Run(() => arriving.AcquireAsync(cancellationToken).AsTask(), cancellationToken);
        }
    }

    /// <summary>Tells the neighbours, beside the resume. Whatever comes of it, the workload runs.</summary>
    public void BeginAnnouncing()
    {
        if (_arriving is { } arriving)
        {
            Announced = Task.Run(() => AnnounceAsync(arriving));
        }
    }

    /// <summary>Waits for the announcement as long as one takes that succeeds.</summary>
    /// <returns>Whether it is made.</returns>
    public async Task<bool> AwaitUsualAnnouncementAsync()
    {
        await Task.WhenAny(Announced, Task.Delay(UsualAnnouncement)).ConfigureAwait(false);
        return Announced.IsCompleted && _problem is null;
    }

    /// <summary>Gives the address back when the workload does not run here.</summary>
    public async Task AbandonAsync()
    {
        if (_arriving is not { } arriving)
        {
            return;
        }

        await Acquired.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _arriving = null;
        using var timeout = new CancellationTokenSource(UndoTimeout);
        try
        {
            await arriving.AbandonAsync(timeout.Token).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            logger.UndoFailed(e, "the network handover");
        }
    }

    private async Task AnnounceAsync(IArrivingAddress arriving)
    {
        long start = TimeProvider.System.GetTimestamp();
        TimeSpan pause = FirstPause;
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                await arriving.AnnounceAsync(CancellationToken.None).ConfigureAwait(false);
                if (_problem is not null)
                {
                    logger.AddressAnnouncedLate(request.MigrationId, attempt);
                }

                _problem = null;
                return;
            }
            catch (Exception e)
            {
                _problem = $"The workload runs here, and its address could not be announced, so clients may not reach it ({e.Message.TrimEnd('.')}). It is tried again; bring the address to this host by hand if that does not help.";
                logger.AddressNotAnnounced(e, request.MigrationId, attempt);
            }

            if (TimeProvider.System.GetElapsedTime(start) > Persistence)
            {
                return;
            }

            await Task.Delay(pause).ConfigureAwait(false);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }
}
