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
    public RoundDecision Decide(in RoundObservation observation)
    {
        if (observation.Previous is not { } previous)
        {
            return RoundDecision.SendRound;
        }

        if (observation.PendingPages == 0)
        {
            return RoundDecision.StopAndCopy;
        }

        if (observation.BandwidthBytesPerSecond > 0)
        {
            double copySeconds = observation.PendingPages * (double)PageSize.Bytes / observation.BandwidthBytesPerSecond;
            if (copySeconds < observation.FixedDowntime.TotalSeconds * NegligibleShare)
            {
                return RoundDecision.StopAndCopy;
            }
        }

        bool progress = observation.PendingPages <= previous.PendingPages * (1 - LeastProgress);
        _roundsWithoutProgress = progress ? 0 : _roundsWithoutProgress + 1;
        return _roundsWithoutProgress >= PatienceRounds ? RoundDecision.StopAndCopy : RoundDecision.SendRound;
    }
}
