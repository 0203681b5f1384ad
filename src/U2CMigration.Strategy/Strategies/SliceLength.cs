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

    /// <summary>The share of the time that looks may take, learning included: 25 %.</summary>
    private const double LookBudget = 0.25;

    /// <summary>A shorter slice must be expected to stay this far below it.</summary>
    private const double Reserve = 0.8;

    /// <summary>What a fault costs, seconds: measured on Linux 6.18 (docs/decisions/0006 gives the machine).</summary>
    private const double FaultSeconds = 0.9e-6;

    /// <summary>What is learned from at once: with the shortest slices, every second look.</summary>
    public static readonly TimeSpan ShortestSample = TimeSpan.FromMilliseconds(90);

    private static readonly TimeSpan ShortestInFirstPass = TimeSpan.FromMilliseconds(100);

    /// <summary>Later, what is found written is all that there is to send: the sooner it is known, the less is owed at the stop.</summary>
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    private readonly TimeSpan[] _looks = new TimeSpan[3];
    private readonly TimeSpan[] _learning = new TimeSpan[3];
    private TimeSpan _slice = ShortestInFirstPass;

    /// <summary>The length of the next slice.</summary>
    /// <param name="observation">What is known.</param>
    /// <param name="isFirstPass">Whether pages are left that were never sent.</param>
    public TimeSpan Next(RoundObservation observation, bool isFirstPass)
    {
        if (observation.Round == 0 || observation.Interval <= TimeSpan.Zero)
        {
            return _slice;
        }

        _looks[observation.Round % _looks.Length] = observation.LookTime;
        _learning[observation.Round % _learning.Length] = observation.LearnTime;
        double faults = observation.Dirty.PageCount * FaultSeconds / observation.Interval.TotalSeconds;
        TimeSpan shorter = _slice / 2;
        if (faults > Budget || Looking(_slice) > LookBudget)
        {
            _slice = Min(_slice * 2, Longest);
        }
        else if (shorter >= (isFirstPass ? ShortestInFirstPass : Shortest) && faults < Comfortable && Looking(shorter) < LookBudget * Reserve)
        {
            _slice = shorter;
        }

        return _slice;
    }

    /// <summary>The share of the time that looks take. The shortest of the last ones count: one that was held up says nothing of the next.</summary>
    private double Looking(TimeSpan slice)
    {
        TimeSpan learning = _learning.Min() * Math.Min(1, slice / ShortestSample);
        return (_looks.Min() + learning) / slice;
    }

    private static TimeSpan Min(TimeSpan first, TimeSpan second) => first < second ? first : second;
}
