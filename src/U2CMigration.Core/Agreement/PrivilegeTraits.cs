using System.Globalization;
using U2CMigration.Core.Receiving;

namespace U2CMigration.Core.Agreement;

/// <summary>What an offer says of the privileges of a workload, as traits, so that a source learns of a policy before anything is touched. The images decide.</summary>
internal static class PrivilegeTraits
{
    private const string Privileges = "privileges:";
    private const string Own = "namespaces:";
    private const char Part = ';';
    private const int Parts = 6;

    /// <summary>A list of the protocol has 256 entries, and others are in it.</summary>
    private const int Most = 64;
    private const int MostText = 1000;

    /// <summary>Says it.</summary>
    /// <param name="all">What the threads have, each kind once.</param>
    /// <param name="own">The namespaces that are the workload's own.</param>
    public static IEnumerable<string> Of(IEnumerable<WorkloadPrivileges> all, RequiredNamespaces own) =>
        all.Select(TextOf).Where(static text => text.Length <= MostText).Take(Most).Append($"{Own}{(int)own}");

    /// <summary>What an offer says; nothing where the source does not know how.</summary>
    /// <param name="traits">The traits of the offer.</param>
    /// <param name="own">The namespaces; null where they are not said.</param>
    public static IReadOnlyList<WorkloadPrivileges> In(IEnumerable<string> traits, out RequiredNamespaces? own)
    {
        own = null;
        var found = new List<WorkloadPrivileges>();
        foreach (string trait in traits)
        {
            if (trait.StartsWith(Privileges, StringComparison.Ordinal) && Parse(trait[Privileges.Length..]) is { } some)
            {
                found.Add(some);
            }
            else if (trait.StartsWith(Own, StringComparison.Ordinal) && int.TryParse(trait.AsSpan(Own.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int kinds))
            {
                own = (RequiredNamespaces)kinds;
            }
        }

        return found;
    }

    private static string TextOf(WorkloadPrivileges some) => string.Create(
        CultureInfo.InvariantCulture,
        $"{Privileges}{string.Join(',', some.UserIds)}{Part}{string.Join(',', some.GroupIds)}{Part}{some.Capabilities:x}{Part}{(some.HasNoNewPrivileges ? 1 : 0)}{Part}{(some.HasSeccompFilter ? 1 : 0)}{Part}{some.Who}");

    private static WorkloadPrivileges? Parse(string text)
    {
        string[] parts = text.Split(Part, Parts);
        return parts.Length == Parts && Numbers(parts[0]) is { } users && Numbers(parts[1]) is { } groups && ulong.TryParse(parts[2], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong capabilities)
            ? new WorkloadPrivileges(parts[5], users, groups, capabilities, parts[3] == "1", parts[4] == "1")
            : null;
    }

    private static uint[]? Numbers(string text)
    {
        if (text.Length == 0)
        {
            return [];
        }

        string[] texts = text.Split(',');
        var numbers = new uint[texts.Length];
        for (int i = 0; i < texts.Length; i++)
        {
            if (!uint.TryParse(texts[i], NumberStyles.None, CultureInfo.InvariantCulture, out numbers[i]))
            {
                return null;
            }
        }

        return numbers;
    }
}
