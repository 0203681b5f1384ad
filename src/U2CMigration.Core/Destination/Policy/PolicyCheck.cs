using System.Globalization;
using U2CMigration.Core.Agreement;
using U2CMigration.Core.Options;
using U2CMigration.Core.Receiving;
using U2CMigration.Criu;
using U2CMigration.Criu.Images;
using U2CMigration.Criu.Images.Privileges;

namespace U2CMigration.Core.Destination.Policy;

/// <summary>Holds the images of a workload against the policy, before CRIU gets them. Nothing that the source has said besides counts.</summary>
internal static class PolicyCheck
{
    private const int MostSentences = 8;

    /// <summary>Checks them.</summary>
    /// <param name="images">The images.</param>
    /// <param name="options">The policy, and what the restore is given by the caller.</param>
    /// <exception cref="RestoreRefusedException">The policy does not allow it, or they do not say clearly what it is.</exception>
    public static void Run(ImageDirectory images, MigrationReceiverOptions options)
    {
        string[] problems;
        try
        {
            problems = [.. ProblemsOf(images, options).Distinct().Take(MostSentences)];
        }
        catch (CriuException e)
        {
            throw new RestoreRefusedException($"The images do not say clearly what the workload is, so that it cannot be held against the policy here. {e.Message}");
        }

        if (problems.Length > 0)
        {
            throw new RestoreRefusedException(DestinationPreflight.Shorten(problems));
        }
    }

    private static IEnumerable<string> ProblemsOf(ImageDirectory images, MigrationReceiverOptions options)
    {
        var limits = new PolicyLimits(options.Policy);
        var privileges = new PrivilegeRules(limits);
        ImageNamespaces namespaces = ImageNamespaces.Read(images);
        RequiredNamespaces own = (RequiredNamespaces)namespaces.Own | JoinedNamespaces.Of(options.Criu.JoinNamespaces);
        bool hasOwnUsers = namespaces.Users is not null;
        IEnumerable<string> problems = OfUsers(namespaces, limits);
        foreach (ImageThread thread in ImageThread.ReadAll(images))
        {
            problems = problems.Concat(privileges.ProblemsOf(PrivilegesOf(thread), hasOwnUsers));
        }

        if ((privileges.ProblemOf(own) ?? privileges.FilesProblemOf(own)) is { } shared)
        {
            problems = problems.Append(shared);
        }

        return problems.Concat(OfFiles(images, options, limits, own, hasOwnUsers));
    }

    private static WorkloadPrivileges PrivilegesOf(ImageThread thread)
    {
        ImageCredentials credentials = thread.Credentials;
        return new WorkloadPrivileges(
            string.Create(CultureInfo.InvariantCulture, $"{(thread.Name.Length > 0 ? "Process" : "Thread")} {thread.Number}{(thread.Name.Length > 0 ? $" ({thread.Name})" : string.Empty)}"),
            [.. credentials.UserIds.Distinct()],
            [.. credentials.GroupIds.Distinct()],
            WorkloadPrivileges.Count(credentials.UserIds, credentials.Held, credentials.Bounding, credentials.HasNoNewPrivileges),
            credentials.HasNoNewPrivileges,
            thread.HasSeccompFilter);
    }

    /// <summary>All users that a user namespace has count: its root may become any of them.</summary>
    private static IEnumerable<string> OfUsers(ImageNamespaces namespaces, PolicyLimits limits)
    {
        foreach ((long first, long last) in (namespaces.Users?.Ranges ?? []).Where(range => !PolicyLimits.HasAll(limits.Users, range.First, range.Last)))
        {
            yield return $"The user namespace of the workload has the users {first} to {last} of this host, and the policy here allows the users {PolicyLimits.Text(limits.Users)}. {PolicyLimits.Remedy(nameof(RestorePolicy.UserIds), "--allow-users", $"{first}-{last}")}";
        }

        foreach ((long first, long last) in (namespaces.Groups?.Ranges ?? []).Where(range => !PolicyLimits.HasAll(limits.Groups, range.First, range.Last)))
        {
            yield return $"The user namespace of the workload has the groups {first} to {last} of this host, and the policy here allows the groups {PolicyLimits.Text(limits.Groups)}. {PolicyLimits.Remedy(nameof(RestorePolicy.GroupIds), "--allow-groups", $"{first}-{last}")}";
        }
    }

    private static IEnumerable<string> OfFiles(ImageDirectory images, MigrationReceiverOptions options, PolicyLimits limits, RequiredNamespaces own, bool hasOwnUsers)
    {
        ImageFiles found = ImageFiles.Read(images);
        foreach ((int capability, string what) in found.Needed.Where(one => !hasOwnUsers && ((limits.Capabilities >> one.Capability) & 1) == 0))
        {
            string name = Vocabulary.CapabilityNames.Of(1UL << capability);
            yield return $"The workload holds {what}, which takes {name}, and the policy here does not allow that. {PolicyLimits.Remedy(nameof(RestorePolicy.Capabilities), "--allow-capabilities", name)}";
        }

        foreach (string problem in found.Files.Select(FileRules.PathProblemOf).OfType<string>())
        {
            yield return problem;
        }

        if (own.HasFlag(RequiredNamespaces.Mount))
        {
            yield break;
        }

        var files = new FileRules(limits, [.. options.Criu.InheritedFiles.Select(static file => file.Key)]);
        foreach (string problem in found.Files.Select(files.ProblemOf).Concat(ImageDeletedFile.ReadAll(images).Select(files.ProblemOf)).OfType<string>())
        {
            yield return problem;
        }
    }
}
