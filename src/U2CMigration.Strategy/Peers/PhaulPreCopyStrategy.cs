using U2CMigration.Strategy.Rounds;
using U2CMigration.Strategy.Strategies;

namespace U2CMigration.Strategy.Peers;

/// <summary>Pre-copy with the stop rule of phaul, the migration driver of go-criu: few pages, growth, or the eighth round.</summary>
/// <remarks>
/// Source: go-criu <c>phaul/client.go</c>, <c>isLastIter</c>. As it is written there, the first round is compared with an empty one before it, so that every
/// program that has more than a few pages is stopped after its first round. The intended rule compares a round only with one that was sent.
/// </remarks>
public sealed class PhaulPreCopyStrategy : IMigrationStrategy
{
    /// <summary>A round of fewer pages is the last: 64.</summary>
    public const long LeastPages = 64;

    /// <summary>The most rounds: 8.</summary>
    public const int MaxRounds = 8;

    /// <summary>A round that has this many pages more than the one before is the last: 32.</summary>
    public const long MostGrowth = 32;

    private long? _before;

    private PhaulPreCopyStrategy(string name, long? before) => (Name, _before) = (name, before);

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public StrategyTraits Traits => StrategyTraits.Plain;

    /// <summary>The rule as it is written: the first round grows from zero.</summary>
    public static PhaulPreCopyStrategy AsWritten() => new("precopy-phaul", 0);

    /// <summary>The rule as it is evidently meant: the first round can not have grown.</summary>
    public static PhaulPreCopyStrategy AsIntended() => new("precopy-phaul-intended", null);

    /// <inheritdoc/>
    public void Plan(RoundObservation observation, RoundPlan plan)
    {
        ArgumentNullException.ThrowIfNull(observation);
        ArgumentNullException.ThrowIfNull(plan);
        if (observation.Previous is { } previous && WasLast(observation.Round, previous.SentPages))
        {
            plan.StopAndCopy();
        }
        else
        {
            plan.AddGroup(observation.Owed);
        }
    }

    private bool WasLast(int rounds, long written)
    {
        long? before = _before;
        _before = written;
        return rounds >= MaxRounds || written < LeastPages || written - before >= MostGrowth;
    }
}
