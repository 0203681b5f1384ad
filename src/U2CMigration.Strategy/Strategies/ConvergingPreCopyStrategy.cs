using U2CMigration.PageTracking.Pages;
using U2CMigration.Strategy.Rounds;

namespace U2CMigration.Strategy.Strategies;

/// <summary>Pre-copy that goes on as long as another round makes the downtime noticeably shorter.</summary>
/// <remarks>
/// Stops when copying the pending pages would take less than <see cref="NegligibleShare"/> of the downtime that is there anyway, or when the last round
/// did not reduce what is pending by at least <see cref="LeastProgress"/>: rounds then only repeat each other.
/// </remarks>
public sealed class ConvergingPreCopyStrategy : IMigrationStrategy
{
    /// <summary>The share of the fixed downtime below which copying the rest counts as negligible: 5 %.</summary>
    public const double NegligibleShare = 0.05;

    /// <summary>The share by which a round must reduce the pending pages to count as progress: 15 %.</summary>
    public const double LeastProgress = 0.15;

    /// <summary>The most rounds without progress before it stops: 2, as one can be bad luck.</summary>
    public const int PatienceRounds = 2;

    private int _roundsWithoutProgress;

    /// <inheritdoc/>
    public string Name => "precopy-converge";

    /// <inheritdoc/>
    public StrategyTraits Traits => StrategyTraits.Plain;

    /// <inheritdoc/>
    public void Plan(RoundObservation observation, RoundPlan plan)
    {
        ArgumentNullException.ThrowIfNull(observation);
        ArgumentNullException.ThrowIfNull(plan);
        if (ShouldStop(observation))
        {
            plan.StopAndCopy();
        }
        else
        {
            plan.AddGroup(observation.Owed);
        }
    }

    private bool ShouldStop(RoundObservation observation)
    {
        if (observation.Previous is not { } previous)
        {
            return false;
        }

        long owed = observation.Owed.PageCount;
        if (owed == 0 || (observation.BandwidthBytesPerSecond > 0 && observation.CopyTime < observation.FixedDowntime * NegligibleShare))
        {
            return true;
        }

        bool progress = owed <= previous.OwedPages * (1 - LeastProgress);
        _roundsWithoutProgress = progress ? 0 : _roundsWithoutProgress + 1;
        return _roundsWithoutProgress >= PatienceRounds;
    }
}
