using System.Globalization;
using System.Text;
using U2CMigration.Core.Agreement;
using U2CMigration.Core.Destination.Policy;
using U2CMigration.Core.Owners;
using U2CMigration.Core.Preflight;
using U2CMigration.Core.Receiving;
using U2CMigration.Core.Words;
using U2CMigration.Criu;
using U2CMigration.Criu.Versions;
using U2CMigration.Transport.Frames;
using U2CMigration.Transport.Messages;

namespace U2CMigration.Core.Destination;

/// <summary>Decides whether an offer can be taken.</summary>
internal static class DestinationPreflight
{
    /// <summary>Why a workload with files is refused.</summary>
    public const string NoOneTakesFiles = "It brings its files along, and this receiver takes none. Set MigrationReceiverOptions.FilesInStep to the other half of what the session has.";

    private const int SpaceForTheRest = 40;

    /// <summary>The way to restore, or the refusal.</summary>
    /// <param name="context">The migration.</param>
    /// <param name="peer">The source.</param>
    /// <param name="full">Why the host has no room for it now; null where it has.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<(RestoreMode Mode, Refuse? Refusal)> CheckAsync(DestinationContext context, string peer, Refuse? full, CancellationToken cancellationToken)
    {
        Offer offer = context.Offer;
        if (offer.ProcessIds.Count == 0)
        {
            return Refused(RefusalReason.Other, "It names no process. A workload has at least one, its root.");
        }

        if (UnknownRequirement(offer) is { } unknown)
        {
            return Refused(RefusalReason.UnknownRequirement, $"It requires '{unknown}', which this version does not know. Update the destination.");
        }

        (List<string> problems, RefusalReason reason) = FindProblems(context, full);
        (RestoreMode mode, Refuse? refusal) = await CheckCriuAsync(context, cancellationToken).ConfigureAwait(false);
        if (refusal is not null)
        {
            // A cause that does not go away by itself counts more than those that may.
            problems.Add(refusal.Sentence);
            reason = refusal.Reason;
        }

        if (await OwnerProblemsAsync(context, cancellationToken).ConfigureAwait(false) is { Count: > 0 } ofOwner)
        {
            problems.AddRange(ofOwner);
            reason = refusal is null ? RefusalReason.NeedMissing : reason;
        }

        if (context is { BringsFiles: true, Tree: null, Options.FilesInStep: null })
        {
            problems.Add(NoOneTakesFiles);
            reason = refusal is null ? RefusalReason.NeedMissing : reason;
        }

        if (context.Tree is not { HasOwnNetwork: true } && context.Options.Network is { } network
            && await network.FindProblemAsync(IncomingNetwork.RequestOf(context, peer), cancellationToken).ConfigureAwait(false) is { } problem)
        {
            problems.Add(problem);
            reason = refusal is null ? RefusalReason.NeedMissing : reason;
        }

        return problems.Count == 0 ? (mode, null) : Refused(reason, Shorten(problems));
    }

    private static async Task<IReadOnlyList<string>> OwnerProblemsAsync(DestinationContext context, CancellationToken cancellationToken) => context.Tree switch
    {
        null => [],
        { } tree when context.Options.HostOf(tree) is { } host => await host.FindProblemsAsync(tree, cancellationToken).ConfigureAwait(false),
        { } tree => [$"It is the {tree}, and this receiver takes no containers of {tree.Kind}. Name that runtime in {nameof(MigrationReceiverOptions)}.{nameof(MigrationReceiverOptions.TreeHosts)} (agent: receive --containers {tree.Kind})."],
    };

    /// <summary>Everything in the way but CRIU itself, a sentence each, and the reason to be told to programs: one that may go away by itself only where all do.</summary>
    private static (List<string> Problems, RefusalReason Reason) FindProblems(DestinationContext context, Refuse? full)
    {
        Offer offer = context.Offer;
        var problems = new List<string>();
        RefusalReason reason = RefusalReason.Other;
        if (full is not null)
        {
            problems.Add(full.Sentence);
            reason = full.Reason;
        }

        problems.AddRange(DestinationNeeds.FindNumbers(offer, context.Needs));
        if (problems.Count > 0 && reason == RefusalReason.Other)
        {
            reason = RefusalReason.ProcessIdInUse;
        }

        int before = problems.Count;
        if (context.Needs is { } needs)
        {
            problems.AddRange(ProcessorComparison.Problems(needs));
            problems.AddRange(DestinationNeeds.FindMissing(needs, RestoreNeeds.Parse(offer.Requirements, out _), context.Options));
        }

        problems.AddRange(OfferedPrivileges.Problems(offer, context.Needs, context.Options));
        return (problems, problems.Count > before ? RefusalReason.NeedMissing : reason);
    }

    /// <summary>As many sentences as a refusal can carry.</summary>
    internal static string Shorten(IReadOnlyList<string> problems)
    {
        int taken = 0;
        int bytes = 0;
        while (taken < problems.Count && (bytes += Encoding.UTF8.GetByteCount(problems[taken]) + 1) <= ProtocolLimits.MaxTextBytes - SpaceForTheRest)
        {
            taken++;
        }

        return taken == problems.Count ? string.Join(' ', problems)
            : taken == 0 ? problems[0][..(ProtocolLimits.MaxTextBytes / 4)]
            : $"{string.Join(' ', problems.Take(taken))} And {problems.Count - taken} more.";
    }

    /// <summary>The first requirement that this version does not know; null for none.</summary>
    internal static string? UnknownRequirement(Offer offer)
    {
        RestoreNeeds.Parse(offer.Requirements, out string? unknownNeed);
        return unknownNeed ?? offer.Requirements.FirstOrDefault(static requirement => requirement is not (Offer.PagesToPlace or Offer.FilesInStep) && !RestoreNeeds.IsNeed(requirement) && !TreeDescription.IsPart(requirement));
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

        if (NewerOnSource(context.Offer.CriuVersion, criu.Version) is { } newer)
        {
            return Refused(RefusalReason.Incompatible, newer);
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

    /// <summary>Images of a later CRIU may have what this one does not know, and that would be found out while the workload is frozen; null where they have not.</summary>
    internal static string? NewerOnSource(string source, CriuVersion here)
    {
        int[] parts = [.. source.Split('.', '-', ' ').Take(2).Select(static part => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : -1)];
        return parts is [>= 0 and var major, >= 0 and var minor] && (major, minor).CompareTo((here.Major, here.Minor)) > 0
            ? $"CRIU {source} of the source is later than CRIU {here} here, which may not know all of its images. Install the same version here, or a later one."
            : null;
    }

    private static (RestoreMode Mode, Refuse? Refusal) Refused(RefusalReason reason, string sentence) => (default, new Refuse(reason, sentence));
}
