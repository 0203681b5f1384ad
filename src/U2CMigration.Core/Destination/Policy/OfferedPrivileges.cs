using U2CMigration.Core.Agreement;
using U2CMigration.Core.Receiving;
using U2CMigration.Transport.Messages;

namespace U2CMigration.Core.Destination.Policy;

/// <summary>What of a policy an offer breaks by its own words: a source is told before anything is touched. What it says is not believed; the images are looked at as well.</summary>
internal static class OfferedPrivileges
{

    /// <summary>A sentence for each rule that is broken.</summary>
    /// <param name="offer">The offer.</param>
    /// <param name="needs">The files that the workload needs; null where the source does not say.</param>
    /// <param name="options">The policy.</param>
    public static IEnumerable<string> Problems(Offer offer, Needs? needs, MigrationReceiverOptions options)
    {
        var limits = new PolicyLimits(options.Policy);
        var rules = new PrivilegeRules(limits);
        IReadOnlyList<WorkloadPrivileges> all = PrivilegeTraits.In(offer.Traits, out RequiredNamespaces? own);
        bool hasOwnUsers = offer.Traits.Contains(Offer.UserNamespace);
        return
        [
            .. all.SelectMany(one => rules.ProblemsOf(one, hasOwnUsers)),
            .. own is { } kinds && (rules.ProblemOf(kinds | Options.JoinedNamespaces.Of(options.Criu.JoinNamespaces)) ?? rules.FilesProblemOf(kinds)) is { } shared ? (string[])[shared] : [],
            .. OfMounts(offer, options, limits),
            .. OfFiles(needs, limits),
        ];
    }

    /// <summary>Places of this host that only the destination may choose where users or files are limited.</summary>
    private static IEnumerable<string> OfMounts(Offer offer, MigrationReceiverOptions options, PolicyLimits limits)
    {
        RestoreNeeds needs = RestoreNeeds.Parse(offer.Requirements, out _);
        string? place = needs.Root.Length > 0 && options.Criu.Mounts.Root.Length == 0 ? $"the root {needs.Root}"
            : needs.ExternalMounts.Select(static mount => mount.MountPoint).Except(options.Criu.Mounts.External.Select(static mount => mount.MountPoint)).FirstOrDefault() is { } point ? $"a file system of this host at {point}"
            : needs.AutoExternalMounts && !options.Criu.Mounts.AutoExternal ? "any file system of this host"
            : needs.FileSystems.Except(options.Criu.Mounts.FileSystems).FirstOrDefault() is { } kind ? $"a file system of the kind {kind}"
            : null;
        if (limits.AreAboutFiles && place is not null)
        {
            yield return $"The source asks for {place}, and where the policy here limits users or files, only this host may give that. Give it to the receiver ({nameof(MigrationReceiverOptions.Criu)}.Mounts; agent: receive --root, --external-mount, --auto-external-mounts, --enable-fs).";
        }
    }

    /// <summary>Files that no rule could allow, whatever they are used for.</summary>
    private static IEnumerable<string> OfFiles(Needs? needs, PolicyLimits limits)
    {
        if (limits.Policy is not { ExecutablePaths: { } programs, FilePaths: { } files })
        {
            yield break;
        }

        foreach (NeededFile file in needs?.Files ?? [])
        {
            if (!FileRules.IsBelow(Access.RealOf(file.Path, out _), [.. programs, .. files]))
            {
                yield return $"The workload has {file.Path} open, which is neither in {nameof(RestorePolicy.ExecutablePaths)} ({string.Join(", ", programs)}) nor in {nameof(RestorePolicy.FilePaths)} ({string.Join(", ", files)}) of the policy here. {PolicyLimits.Remedy(nameof(RestorePolicy.FilePaths), "--allow-files", file.Path)}";
            }
        }
    }
}
