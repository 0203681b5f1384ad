using U2CMigration.Core.Receiving;
using U2CMigration.Core.Vocabulary;

namespace U2CMigration.Core.Destination.Policy;

/// <summary>A policy with what follows from what was left out.</summary>
internal sealed class PolicyLimits
{
    /// <summary>Every capability that there may ever be.</summary>
    private const ulong All = ulong.MaxValue;

    public PolicyLimits(RestorePolicy policy)
    {
        Policy = policy;
        Users = policy.UserIds;
        Groups = policy.GroupIds ?? policy.UserIds;
        Capabilities = policy.Capabilities is { } names ? CapabilityNames.SetOf(names) : policy.UserIds is null ? All : 0;
    }

    public RestorePolicy Policy { get; }

    /// <summary>The users; null for all.</summary>
    public IReadOnlyList<IdRange>? Users { get; }

    /// <summary>The groups; null for all.</summary>
    public IReadOnlyList<IdRange>? Groups { get; }

    public ulong Capabilities { get; }

    /// <summary>Whether anything depends on which file of this host a path leads to.</summary>
    public bool AreAboutFiles => Users is not null || HasPaths;

    /// <summary>Whether it names files.</summary>
    public bool HasPaths => Policy.ExecutablePaths is not null || Policy.FilePaths is not null;

    /// <summary>What comes with each refusal, so that it is clear where the limit was set.</summary>
    public static string Remedy(string option, string agentOption, string value) => $"Allow it on the destination ({nameof(MigrationReceiverOptions.Policy)}.{option}; agent: receive {agentOption} {value}), or change that on the source.";

    public static bool Has(IReadOnlyList<IdRange>? ranges, long id)
    {
        if (ranges is null)
        {
            return true;
        }

        foreach (IdRange range in ranges)
        {
            if (range.Contains(id))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether all of a range is in one of those allowed, or in several that follow each other.</summary>
    public static bool HasAll(IReadOnlyList<IdRange>? ranges, long first, long last)
    {
        if (ranges is null)
        {
            return true;
        }

        long next = first;
        foreach (IdRange range in ranges.OrderBy(static one => one.First))
        {
            next = range.Contains(next) ? range.Last + 1L : next;
        }

        return next > last;
    }

    public static string Text(IReadOnlyList<IdRange>? ranges) => ranges is null or [] ? "none" : string.Join(',', ranges);
}
