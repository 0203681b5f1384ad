using U2CMigration.Core.Agreement;
using U2CMigration.Core.Receiving;
using U2CMigration.Core.Vocabulary;
using U2CMigration.Transport.Frames;

namespace U2CMigration.Core.Destination.Policy;

/// <summary>The rules about what a thread may be: a sentence for each that is broken, with who breaks it, what is allowed, and what would allow it.</summary>
internal sealed class PrivilegeRules(PolicyLimits limits)
{
    /// <summary>Holds privileges against the limits.</summary>
    /// <param name="privileges">Those of one thread, or of several that have the same.</param>
    /// <param name="hasOwnUsers">Whether they are in a user namespace of their own, where capabilities are worth nothing to this host.</param>
    public IEnumerable<string> ProblemsOf(WorkloadPrivileges privileges, bool hasOwnUsers)
    {
        string who = PlainText.Of(privileges.Who);
        foreach (uint user in privileges.UserIds.Where(user => !hasOwnUsers && !PolicyLimits.Has(limits.Users, user)))
        {
            yield return $"{who} runs as user {user}, and the policy here allows the users {PolicyLimits.Text(limits.Users)}. {PolicyLimits.Remedy(nameof(RestorePolicy.UserIds), "--allow-users", $"{user}")}";
        }

        foreach (uint group in privileges.GroupIds.Where(group => !hasOwnUsers && !PolicyLimits.Has(limits.Groups, group)))
        {
            yield return $"{who} is in group {group}, and the policy here allows the groups {PolicyLimits.Text(limits.Groups)}. {PolicyLimits.Remedy(nameof(RestorePolicy.GroupIds), "--allow-groups", $"{group}")}";
        }

        ulong beyond = hasOwnUsers ? 0 : privileges.Capabilities & ~limits.Capabilities;
        if (beyond != 0)
        {
            string names = CapabilityNames.Of(beyond);
            yield return $"{who} has or can take up {names}, and the policy here allows {(limits.Capabilities == 0 ? "no capability" : CapabilityNames.Of(limits.Capabilities))}. {PolicyLimits.Remedy(nameof(RestorePolicy.Capabilities), "--allow-capabilities", names.Replace(", ", ",", StringComparison.Ordinal))}";
        }

        if (limits.Policy.RequireNoNewPrivileges && !privileges.HasNoNewPrivileges)
        {
            yield return $"{who} may gain privileges by executing a program, and the policy here requires no_new_privs. Start it with that (setpriv --no-new-privs, NoNewPrivileges= of systemd, noNewPrivileges of a container), or receive without {nameof(RestorePolicy.RequireNoNewPrivileges)} (agent: --require-no-new-privileges).";
        }

        if (limits.Policy.RequireSeccomp && !privileges.HasSeccompFilter)
        {
            yield return $"{who} has no filter of system calls, and the policy here requires seccomp. Start it with one (SystemCallFilter= of systemd, the profile of a container), or receive without {nameof(RestorePolicy.RequireSeccomp)} (agent: --require-seccomp).";
        }
    }

    /// <summary>Holds the namespaces against those required.</summary>
    /// <param name="own">Those of its own, and those that the restore joins.</param>
    public string? ProblemOf(RequiredNamespaces own)
    {
        RequiredNamespaces missing = limits.Policy.Namespaces & ~own;
        string names = missing.ToString().ToLowerInvariant().Replace(" ", string.Empty, StringComparison.Ordinal);
        return missing == RequiredNamespaces.None ? null
            : $"The workload shares namespaces with its host ({names}), and the policy here requires its own. Start it in such namespaces, as containers are, receive it into others (agent: --join-namespace), or take them out of {nameof(MigrationReceiverOptions.Policy)}.{nameof(RestorePolicy.Namespaces)} (agent: receive --require-namespaces).";
    }

    /// <summary>Whether files can be held against the limits at all.</summary>
    /// <param name="own">The namespaces of its own.</param>
    public string? FilesProblemOf(RequiredNamespaces own)
    {
        bool hasOwnMounts = own.HasFlag(RequiredNamespaces.Mount);
        return !hasOwnMounts || !limits.AreAboutFiles ? null
            : limits.HasPaths ? $"The workload has mounts of its own, in which {nameof(RestorePolicy.ExecutablePaths)} and {nameof(RestorePolicy.FilePaths)} of the policy here mean nothing. Receive it without them (agent: --allow-executables, --allow-files)."
            : own.HasFlag(RequiredNamespaces.User) ? null
            : $"The workload has mounts of its own, and brings files, devices and set-user-id programs in them, but no users of its own, so that {nameof(RestorePolicy.UserIds)} of the policy here would be no limit. Start it in a user namespace as well, or receive it without that limit (agent: --allow-users) and limit its capabilities ({nameof(RestorePolicy.Capabilities)}; agent: --allow-capabilities).";
    }
}
