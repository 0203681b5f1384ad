using U2CMigration.Strategy.Rounds;
using U2CMigration.Strategy.Strategies;

namespace U2CMigration.Strategy.Peers;

/// <summary>Pre-copy with the stop rule of Incus: enough pages were the same as in the round before, or the last round of those configured.</summary>
/// <remarks>
/// Source: Incus <c>internal/server/instance/drivers/driver_lxc.go</c> with its defaults, <c>migration.incremental.memory.goal</c> and <c>.iterations</c>. As it
/// is written there the counter of rounds advances twice per round, so that 6 of the 10 are sent. The rule knows no bandwidth, no time and no bytes.
/// </remarks>
public sealed class IncusPreCopyStrategy : IMigrationStrategy
{
    /// <summary>The percentage of pages that a round must have found unchanged for it to be the last; more than 70.</summary>
    public const int Goal = 70;

    /// <summary>The rounds that are configured by default: 10.</summary>
    public const int ConfiguredRounds = 10;

    private readonly int _step;

    private IncusPreCopyStrategy(string name, int step) => (Name, _step) = (name, step);

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public StrategyTraits Traits => StrategyTraits.Plain;

    /// <summary>The rule as it is written: each round counts twice.</summary>
    public static IncusPreCopyStrategy AsWritten() => new("precopy-incus", 2);

    /// <summary>The rule as it is configured: each round counts once.</summary>
    public static IncusPreCopyStrategy AsIntended() => new("precopy-incus-intended", 1);

    /// <inheritdoc/>
    public void Plan(RoundObservation observation, RoundPlan plan)
    {
        ArgumentNullException.ThrowIfNull(observation);
        ArgumentNullException.ThrowIfNull(plan);
        if (observation.Previous is { } previous && WasLast(observation, previous.SentPages))
        {
            plan.StopAndCopy();
        }
        else
        {
            plan.AddGroup(observation.Owed);
        }
    }

    private bool WasLast(RoundObservation observation, long written)
    {
        // The counter is 1 while the first round is sent.
        int counter = 1 + ((observation.Round - 1) * _step);
        long total = Math.Max(observation.ResidentPages, written);
        long unchanged = total > 0 ? 100 - (100 * written / total) : 100;
        return counter >= ConfiguredRounds || unchanged > Goal;
    }
}
