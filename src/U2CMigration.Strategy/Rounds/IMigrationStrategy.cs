using U2CMigration.Strategy.Rounds;

namespace U2CMigration.Strategy.Strategies;

/// <summary>Decides after each look at the dirty pages what to send next, what to hold back, and when to stop the workload.</summary>
/// <remarks>One instance serves one migration. Not safe for concurrent use.</remarks>
public interface IMigrationStrategy
{
    /// <summary>The name in options and reports, for example <c>precopy-qemu</c>.</summary>
    string Name { get; }

    /// <summary>What the engine has to provide.</summary>
    StrategyTraits Traits { get; }

    /// <summary>Takes in a sample of the dirty pages, also of those taken while a round is sent. The histories hold it already.</summary>
    /// <param name="histories">What every page did so far.</param>
    void Learn(Prediction.Histories.PageHistories histories)
    {
    }

    /// <summary>Plans the next round.</summary>
    /// <param name="observation">The state of the migration.</param>
    /// <param name="plan">Receives the plan; empty at first: a round that sends nothing.</param>
    void Plan(RoundObservation observation, RoundPlan plan);
}
