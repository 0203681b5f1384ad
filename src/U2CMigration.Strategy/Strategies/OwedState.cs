using U2CMigration.PageTracking.Pages;
using U2CMigration.Strategy.Rounds;

namespace U2CMigration.Strategy.Strategies;

/// <summary>How much was owed at some moment. In pages: what a page costs is an estimate that changes, and moments are compared at the same price.</summary>
/// <param name="UnseenPages">Pages of which the destination had no version.</param>
/// <param name="AgainPages">Pages of which it had one.</param>
/// <param name="Elapsed">The moment, seconds since the migration began.</param>
internal readonly record struct OwedState(long UnseenPages, long AgainPages, double Elapsed)
{
    /// <summary>What is owed now.</summary>
    public static OwedState Of(RoundObservation observation)
    {
        long again = observation.Owed.CountCommon(observation.Delivered);
        return new OwedState(observation.Owed.PageCount - again, again, observation.Elapsed.TotalSeconds);
    }

    /// <summary>The time that copying it would take at today's prices, seconds.</summary>
    public double CopySeconds(RoundObservation today) =>
        ((UnseenPages * today.Costs.NewBytes) + (AgainPages * today.Costs.AgainBytes)) / today.BandwidthBytesPerSecond;
}
