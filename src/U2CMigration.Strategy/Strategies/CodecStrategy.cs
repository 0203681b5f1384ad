using U2CMigration.Prediction.Histories;
using U2CMigration.Strategy.Rounds;

namespace U2CMigration.Strategy.Strategies;

/// <summary>A strategy whose pages travel through the codec: tells what deltas and compression add apart from what the strategy does.</summary>
/// <param name="inner">The strategy; owned from now on.</param>
internal sealed class CodecStrategy(IMigrationStrategy inner) : IMigrationStrategy
{
    /// <summary>What is appended to the name.</summary>
    public const string Suffix = "+codec";

    public string Name { get; } = inner.Name + Suffix;

    public StrategyTraits Traits { get; } = inner.Traits with { UsesCodec = true };

    public void Learn(PageHistories histories) => inner.Learn(histories);

    public void Plan(RoundObservation observation, RoundPlan plan) => inner.Plan(observation, plan);
}
