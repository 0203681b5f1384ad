using System.Net;
using Microsoft.Extensions.Logging;
using U2CMigration.Core.Logging;
using U2CMigration.Core.Receiving;
using U2CMigration.Core.Trust;
using U2CMigration.Transport.Connections;
using U2CMigration.Transport.Messages;

namespace U2CMigration.Core.Destination;

/// <summary>Decides whether a peer gets what it asks for: by its certificate, by the secret that it has proven, and by the word of the caller.</summary>
/// <param name="options">Who is let in.</param>
/// <param name="connection">The connection of the peer.</param>
/// <param name="secret">The secret that it has proven; null for none.</param>
/// <param name="logger">Hears why not, which the peer does not.</param>
internal sealed class Door(MigrationReceiverOptions options, MigrationConnection connection, ExpectedSecrets.Expected? secret, ILogger logger)
{
    private const string Sentence = "This host does not take it (not authorized). Its log says why.";

    /// <summary>Whether a peer learns what became of a migration.</summary>
    public Refuse? Check(Query query) => Check(
        Describe(query.MigrationId, 0, 0) with { Request = IncomingRequest.Question },
        secret is null || secret.MayAskAbout(query.MigrationId));

    /// <summary>Whether a workload is let in.</summary>
    /// <param name="offer">The workload.</param>
    /// <param name="isCheck">Whether the peer only wants to know.</param>
    public Refuse? Check(Offer offer, bool isCheck) => Check(
        Describe(offer.MigrationId, offer.ProcessIds.Count > 0 ? offer.ProcessIds[0] : 0, offer.TotalMemoryBytes) with
        {
            Request = isCheck ? IncomingRequest.Check : IncomingRequest.Migration,
            Name = offer.Name,
            Kernel = offer.Kernel,
            CriuVersion = offer.CriuVersion,
            ProcessIds = offer.ProcessIds,
            Requirements = offer.Requirements,
            Traits = offer.Traits,
        },
        secret is null || secret.IsFree);

    /// <summary>Takes the secret for a migration that is let in: it lets in no other.</summary>
    public Refuse? Use(Offer offer) => secret is null || secret.TryUse(offer.MigrationId) ? null : Refused(offer.MigrationId, "Its secret was used for another migration.");

    private Refuse? Check(IncomingMigration request, bool isSecretGood)
    {
        string? problem = options.RequireSecret && secret is null ? "It has proven no secret, and RequireSecret is set."
            : !isSecretGood ? "Its secret was used for another migration."
            : options.Credentials is not null && connection.PeerIdentity is null ? "It has shown no certificate."
            : options.Credentials is not null ? PeerRules.ProblemOf(connection.PeerIdentity!, PeerRules.SourceRole, options.AllowedPeers)
            : null;
        return problem is not null ? Refused(request.MigrationId, problem)
            : options.Authorize(request) ? null
            : Refused(request.MigrationId, $"{nameof(options.Authorize)} said no.");
    }

    private IncomingMigration Describe(Guid migrationId, int rootProcessId, long memoryBytes) =>
        new(migrationId, IPEndPoint.TryParse(connection.Peer, out IPEndPoint? endPoint) ? endPoint : null, rootProcessId, memoryBytes)
        {
            Peer = connection.PeerIdentity,
            IsSecretProven = secret is not null,
        };

    private Refuse Refused(Guid migrationId, string problem)
    {
        logger.NotAuthorized(migrationId, connection.Peer, problem);
        return new Refuse(RefusalReason.NotAuthorized, Sentence);
    }
}
