using U2CMigration.Strategy.Rounds;

namespace U2CMigration.Strategy.Strategies;

/// <summary>How long to send until the next look at the dirty pages: short, unless looking costs the workload too much.</summary>
/// <remarks>
/// Each look protects all pages anew, and the first write to each costs a fault. The cost is estimated from the pages found written, which had one each. Within a
/// longer slice hot pages are written again and again for the price of one. The look itself takes time too: it is measured, as it depends on the tracker and on the
/// processor.
/// </remarks>
internal sealed class SliceLength
{
    /// <summary>The share of the time that faults may take: 5 %.</summary>
    private const double Budget = 0.05;

    /// <summary>Below this share the slices become shorter again.</summary>
    private const double Comfortable = 0.015;

    /// <summary>The share of the slice that a look may take: 20 %.</summary>
    private const double LookBudget = 0.2;

    /// <summary>What a fault costs, seconds: measured on Linux 6.18 (docs/decisions/0006 gives the machine).</summary>
    private const double FaultSeconds = 0.9e-6;

    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    private TimeSpan _slice = Shortest;

    /// <summary>The length of the next slice.</summary>
    public TimeSpan Next(RoundObservation observation)
    {
        if (observation.Round == 0 || observation.Interval <= TimeSpan.Zero)
        {
            return _slice;
        }

        double share = observation.Dirty.PageCount * FaultSeconds / observation.Interval.TotalSeconds;
        double looking = observation.LookTime / _slice;
        if (share > Budget || looking > LookBudget)
        {
            _slice = Min(_slice * 2, Longest);
        }
        else if (share < Comfortable && looking < LookBudget / 4)
        {
            _slice = _slice / 2 > Shortest ? _slice / 2 : Shortest;
        }

        return _slice;
    }

    private static TimeSpan Min(TimeSpan first, TimeSpan second) => first < second ? first : second;
}
