using Microsoft.Extensions.Logging;
using U2CMigration.Core.Agreement;
using U2CMigration.Core.Committing;
using U2CMigration.Core.Logging;
using U2CMigration.Core.Receiving;
using U2CMigration.Core.Trust;
using U2CMigration.Transport;
using U2CMigration.Transport.Connections;
using U2CMigration.Transport.Frames;
using U2CMigration.Transport.Messages;

namespace U2CMigration.Core.Destination;

/// <summary>One connection from a source: a migration, or a question about one.</summary>
/// <param name="connection">The connection.</param>
/// <param name="place">Its place among those of its address.</param>
/// <param name="options">The options of the receiver.</param>
/// <param name="ledger">What became of earlier migrations.</param>
/// <param name="secrets">The secrets that are expected.</param>
/// <param name="admission">How much comes in at a time.</param>
/// <param name="host">Where it arrives.</param>
/// <param name="loggers">Where logs go.</param>
internal sealed class IncomingConnection(
    MigrationConnection connection, ConnectionPlace place, MigrationReceiverOptions options, MigrationLedger ledger, ExpectedSecrets secrets, Admission admission, IArrivalHost host, ILoggerFactory loggers)
{
    /// <summary>A text of the protocol has at most 4 KiB, and a character up to three bytes.</summary>
    private const int MaxSentence = 1300;

    private static readonly TimeSpan TellTimeout = TimeSpan.FromSeconds(2);

    /// <summary>How long an announcement that does not succeed is tried when the receiver ends.</summary>
    private static readonly TimeSpan LastAttempts = TimeSpan.FromSeconds(10);

    /// <summary>An honest source has what it wants ready when it connects, but may have to look through a large workload for its needs.</summary>
    private static readonly TimeSpan SayTimeout = TimeSpan.FromSeconds(15);

    private readonly ILogger _logger = loggers.CreateLogger("U2CMigration.Receiver");

    private Task _announced = Task.CompletedTask;

    /// <summary>Waits for an announcement that did not succeed at once.</summary>
    /// <param name="stopping">Leaves it some seconds more.</param>
    public async Task WaitForAnnouncementAsync(CancellationToken stopping)
    {
        await Task.WhenAny(_announced, Task.Delay(Timeout.Infinite, stopping)).ConfigureAwait(false);
        await Task.WhenAny(_announced, Task.Delay(LastAttempts, CancellationToken.None)).ConfigureAwait(false);
    }

    /// <summary>Serves it.</summary>
    /// <returns>The workload that arrived; null when the connection was about something else or nothing came of it.</returns>
    public async Task<MigratedContainer?> ServeAsync(CancellationToken cancellationToken)
    {
        try
        {
            (MigrationMessage? first, ExpectedSecrets.Expected? secret) = await FirstAsync(cancellationToken).ConfigureAwait(false);
            var door = new Door(options, connection, secret, _logger);
            switch (first)
            {
                case null:
                    return null;
                case Query when !place.TryTake(ConnectionUse.Question):
                    _logger.TooManyConnections(connection.Peer, OpenConnections.MostOfOneAddress);
                    return null;
                case Query query when door.Check(query) is { } refusal:
                    await connection.EndAsync(refusal, TellTimeout, cancellationToken).ConfigureAwait(false);
                    return null;
                case Query query:
                    await AnswerAsync(query, cancellationToken).ConfigureAwait(false);
                    return null;
                case Offer offer when !place.TryTake(ConnectionUse.Migration):
                    var many = new Refuse(RefusalReason.Busy, $"This host has {OpenConnections.MostOfOneAddress} connections with migrations of the same address, which is the most. Try again.");
                    await RefuseAsync(offer, many, cancellationToken).ConfigureAwait(false);
                    return null;
                case Offer offer:
                    return await TakeAsync(offer, door, cancellationToken).ConfigureAwait(false);
                default:
                    throw new MigrationProtocolException("an offer or a query", first.Type.ToString());
            }
        }
        catch (Exception e)
        {
            _logger.IncomingFailed(e, connection.Peer);
            return null;
        }
    }

    /// <summary>What the peer wants, after the proof of a secret if it gives one; nothing where that fails.</summary>
    private async Task<(MigrationMessage? Message, ExpectedSecrets.Expected? Secret)> FirstAsync(CancellationToken cancellationToken)
    {
        Challenge? challenge = await SecretProof.AskAsync(connection, options.RequireSecret, cancellationToken).ConfigureAwait(false);
        MigrationMessage first = await SoonAsync(cancellationToken).ConfigureAwait(false);
        if (first is not Proof proof || challenge is null)
        {
            return (first, null);
        }

        if (secrets.Find(proof, challenge, connection) is not { } found)
        {
            _logger.SecretNotProven(connection.Peer);
            var refusal = new Refuse(RefusalReason.NotAuthorized, "The secret is not expected here: it was used, its time is over, or another one was given to this host.");
            await connection.EndAsync(refusal, TellTimeout, cancellationToken).ConfigureAwait(false);
            return (null, null);
        }

        await connection.SendAsync(found.Answer, cancellationToken).ConfigureAwait(false);
        return (await SoonAsync(cancellationToken).ConfigureAwait(false), found.Secret);
    }

    /// <summary>The next message of a peer that has to say what it wants, and not only that it is there.</summary>
    private async Task<MigrationMessage> SoonAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, place.Displaced);
        limit.CancelAfter(SayTimeout);
        try
        {
            return await connection.ReceiveAsync(limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (place.Displaced.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TransportException($"{connection.Peer} did not say what it wants while {OpenConnections.MostOfOneAddress} others came from its address.", connection.Peer, 0, isTransient: true, e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TransportException($"{connection.Peer} did not say within {SayTimeout.TotalSeconds:0} s what it wants.", connection.Peer, 0, isTransient: true, e);
        }
    }

    private async Task<MigratedContainer?> TakeAsync(Offer offer, Door door, CancellationToken cancellationToken)
    {
        Needs? needs = await ReceiveNeedsAsync(cancellationToken).ConfigureAwait(false);
        if (door.Check(offer, isCheck: needs is { IsCheck: true }) is { } stranger)
        {
            await RefuseAsync(offer, stranger, cancellationToken).ConfigureAwait(false);
            return null;
        }

        using MigrationTurn? turn = ledger.TryBegin(offer.MigrationId, out string used);
        if (turn is null)
        {
            await RefuseAsync(offer, new Refuse(RefusalReason.Busy, used), cancellationToken).ConfigureAwait(false);
            return null;
        }

        // Up to the commit a source that has lost this connection can have it given up; after it that has no effect.
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, turn.AbortRequested);
        using Admitted? admitted = admission.TryEnter(offer, needs, out Refuse? full);
        if (needs is { IsCheck: true })
        {
            // It keeps nothing from others.
            admitted?.Dispose();
        }

        var context = new DestinationContext(offer, options, ledger, loggers) { Needs = needs, Admitted = admitted };
        (RestoreMode mode, Refuse? refusal) = await host.CheckAsync(context, connection.Peer, full, stop.Token).ConfigureAwait(false);
        if (refusal is not null)
        {
            await RefuseAsync(offer, refusal, cancellationToken).ConfigureAwait(false);
            return null;
        }

        if (needs is { IsCheck: true })
        {
            _logger.OfferChecked(offer.MigrationId, connection.Peer);
            await connection.EndAsync(new Accept { Warnings = ProcessorComparison.Warnings(needs) }, TellTimeout, cancellationToken).ConfigureAwait(false);
            return null;
        }

        if (door.Use(offer) is { } spent)
        {
            await RefuseAsync(offer, spent, cancellationToken).ConfigureAwait(false);
            return null;
        }

        _logger.OfferAccepted(offer.MigrationId, connection.Peer, offer.TotalMemoryBytes);
        return await ReceiveAsync(context, turn, mode, stop.Token).ConfigureAwait(false);
    }

    private async Task AnswerAsync(Query query, CancellationToken cancellationToken)
    {
        MigrationState state;
        try
        {
            state = await ledger.AnswerAsync(query.MigrationId, query.AbortUnlessCommitted, cancellationToken).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            // That it does not know is an answer from which nothing follows.
            _logger.IncomingFailed(e, connection.Peer);
            state = MigrationState.Unknown;
        }

        LedgerIdentity? identity = (connection.Features & ProtocolFeatures.LedgerIdentity) == 0 ? null : ledger.Identity;
        await connection.SendAsync(new State(query.MigrationId, state) { Ledger = identity }, cancellationToken).ConfigureAwait(false);
        await WaitForCloseAsync(cancellationToken).ConfigureAwait(false);
        if (state == MigrationState.Resumed)
        {
            ledger.NoteAnswered(query.MigrationId);
        }
    }

    private async Task<Needs?> ReceiveNeedsAsync(CancellationToken cancellationToken)
    {
        if ((connection.Features & ProtocolFeatures.InventoryOfNeeds) == 0)
        {
            return null;
        }

        MigrationMessage next = await SoonAsync(cancellationToken).ConfigureAwait(false);
        return next as Needs ?? throw new MigrationProtocolException(nameof(Needs), next.Type.ToString());
    }

    private async Task<MigratedContainer> ReceiveAsync(DestinationContext context, MigrationTurn turn, RestoreMode mode, CancellationToken cancellationToken)
    {
        IncomingWorkload workload;
        try
        {
            workload = new IncomingWorkload(context, turn, connection, mode, host);
        }
        catch (Exception e)
        {
            (AbortCode code, string sentence) = IncomingFailure.Describe(e, context);
            await TellSourceAsync(e, code, IncomingFailure.ForPeer(sentence, context)).ConfigureAwait(false);
            throw;
        }

        try
        {
            MigratedContainer arrived = await workload.RunAsync(cancellationToken).ConfigureAwait(false);
            _announced = workload.Announced;
            return arrived;
        }
        catch (Exception e) when (!workload.Runs)
        {
            // Before the images go, with which CRIU's log would go.
            (AbortCode code, string sentence) = IncomingFailure.Describe(e, context);
            _logger.MigrationAbandoned(context.MigrationId, connection.Peer, sentence);

            // The source may thaw on this word, so nothing may be left when it is said.
            await workload.DisposeAsync().ConfigureAwait(false);
            if (workload.IsGone)
            {
                await TellSourceAsync(e, code, IncomingFailure.ForPeer(sentence, context)).ConfigureAwait(false);
            }

            throw;
        }
        finally
        {
            await workload.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task RefuseAsync(Offer offer, Refuse refusal, CancellationToken cancellationToken)
    {
        _logger.OfferRefused(offer.MigrationId, connection.Peer, PlainText.Of(refusal.Sentence));
        await connection.EndAsync(refusal, TellTimeout, cancellationToken).ConfigureAwait(false);
    }

    private async Task TellSourceAsync(Exception cause, AbortCode code, string sentence)
    {
        if (cause is TransportException or SourceAbortedException)
        {
            return;
        }

        try
        {
            await connection.EndAsync(new Abort(code, sentence.Length <= MaxSentence ? sentence : sentence[..MaxSentence]), TellTimeout, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (e is TransportException or InvalidOperationException)
        {
            _logger.IncomingFailed(e, connection.Peer);
        }
    }

    /// <summary>Only a source that closes the connection has surely read the answer.</summary>
    private async Task WaitForCloseAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(SayTimeout);
        bool isOpen = true;
        while (isOpen)
        {
            try
            {
                await connection.ReceiveAsync(limit.Token).ConfigureAwait(false);
            }
            catch (TransportException)
            {
                isOpen = false;
            }
        }
    }
}
