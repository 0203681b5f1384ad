using U2CMigration.Strategy.Rounds;

namespace U2CMigration.Strategy.Strategies;

/// <summary>Stops at once and copies everything while the workload is frozen: the fallback where nothing can be tracked.</summary>
public sealed class StopAndCopyStrategy : IMigrationStrategy
{
    /// <inheritdoc/>
    public string Name => "stop-and-copy";

    /// <inheritdoc/>
    public StrategyTraits Traits => StrategyTraits.Plain;

    /// <inheritdoc/>
    public void Plan(RoundObservation observation, RoundPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        plan.StopAndCopy();
    }
}
