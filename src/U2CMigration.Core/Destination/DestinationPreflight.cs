using System.Globalization;
using U2CMigration.Core.Agreement;
using U2CMigration.Core.PageStores;
using U2CMigration.Core.Preflight;
using U2CMigration.Core.Receiving;
using U2CMigration.Core.Words;
using U2CMigration.Criu;
using U2CMigration.Criu.Versions;
using U2CMigration.Transport.Connections;
using U2CMigration.Transport.Messages;

namespace U2CMigration.Core.Destination;

/// <summary>Decides whether an offer can be taken.</summary>
internal static class DestinationPreflight
{
    /// <summary>The way to restore, or the refusal.</summary>
    public static async Task<(RestoreMode Mode, Refuse? Refusal)> CheckAsync(
        DestinationContext context, MigrationConnection connection, CancellationToken cancellationToken)
    {
        Offer offer = context.Offer;
        var incoming = new IncomingMigration(offer.MigrationId, ParsePeer(connection.Peer), offer.ProcessIds[0], offer.TotalMemoryBytes);
        if (!context.Options.Authorize(incoming))
        {
            return Refused(RefusalReason.NotAuthorized, "This host does not take it (not authorized).");
        }

        if (UnknownRequirement(offer) is { } unknown)
        {
            return Refused(RefusalReason.UnknownRequirement, $"It requires '{unknown}', which this version does not know. Update the destination.");
        }

        if (offer.TotalMemoryBytes > MemoryLimit(context.Options))
        {
            return Refused(RefusalReason.OutOfMemory, string.Create(
                CultureInfo.InvariantCulture,
                $"It needs {offer.TotalMemoryBytes >> 20} MiB of memory and the limit here is {MemoryLimit(context.Options) >> 20} MiB. Free memory or raise {nameof(MigrationReceiverOptions.MaxMemoryBytes)}."));
        }

        if (TakenProcessId(offer) is { } taken)
        {
            return Refused(RefusalReason.ProcessIdInUse, $"Process id {taken} is in use on this host, and a restored process keeps its id. Receive into a PID namespace of its own, or end that process.");
        }

        return await CheckCriuAsync(context, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The first requirement that this version does not know; null for none.</summary>
    internal static string? UnknownRequirement(Offer offer)
    {
        RestoreNeeds.Parse(offer.Requirements, out string? unknownNeed);
        return unknownNeed ?? offer.Requirements.FirstOrDefault(static requirement => requirement != Offer.PagesToPlace && !RestoreNeeds.IsNeed(requirement));
    }

    private static async Task<(RestoreMode Mode, Refuse? Refusal)> CheckCriuAsync(DestinationContext context, CancellationToken cancellationToken)
    {
        CriuCapabilities criu;
        try
        {
            criu = await CriuPreflight.AskAsync(context.Options.Criu, cancellationToken).ConfigureAwait(false);
        }
        catch (CriuException e)
        {
            return Refused(RefusalReason.Incompatible, CriuWords.Explain(e, static _ => null));
        }

        RestoreMode wanted = context.Options.RestoreMode;
        if (wanted == RestoreMode.FirstTouch && !criu.Features.LazyPages)
        {
            return Refused(RefusalReason.Incompatible, ReceiverCheck.FirstTouchSentence(criu.Version));
        }

        bool ownUserNamespace = context.Offer.Traits.Contains(Offer.UserNamespace);
        return RestoreChoice.Of(wanted, criu.Features.LazyPages, ownUserNamespace, RestoreChoice.UserNamespacesHaveFirstTouch()) is { } mode
            ? (mode, null)
            : Refused(RefusalReason.Incompatible, RestoreChoice.UserNamespaceSentence);
    }

    private static int? TakenProcessId(Offer offer)
    {
        // Process 1 is the root of a container, which brings its own PID namespace.
        if (offer.ProcessIds.Contains(1))
        {
            return null;
        }

        foreach (int processId in offer.ProcessIds)
        {
            if (Directory.Exists($"/proc/{processId}"))
            {
                return processId;
            }
        }

        return null;
    }

    private static long MemoryLimit(MigrationReceiverOptions options) =>
        options.MaxMemoryBytes > 0 ? Math.Min(options.MaxMemoryBytes, AvailableMemory.Read()) : AvailableMemory.Read();

    private static System.Net.IPEndPoint? ParsePeer(string peer) => System.Net.IPEndPoint.TryParse(peer, out System.Net.IPEndPoint? endPoint) ? endPoint : null;

    private static (RestoreMode Mode, Refuse? Refusal) Refused(RefusalReason reason, string sentence) => (default, new Refuse(reason, sentence));
}
