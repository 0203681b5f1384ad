using U2CMigration.Strategy.Rounds;

namespace U2CMigration.Strategy.Strategies;

/// <summary>Whether the workload pauses its writing now and then for so long that the link would catch up: takes it that what was will come again.</summary>
/// <remarks>
/// What was written in the last seconds is played once more against the link, beginning with what is owed now. Pages that are owed already count again when they
/// are written, so that a forecast of little is a careful one.
/// </remarks>
internal sealed class LullForecast
{
    /// <summary>How far back it remembers, seconds.</summary>
    private const double Memory = 10;

    private readonly Queue<(double Seconds, long DirtyPages)> _rounds = new();

    /// <summary>The time that it remembers, seconds: what comes again should come within it.</summary>
    public double Seconds { get; private set; }

    /// <summary>Notes what was written since the round before.</summary>
    public void Add(RoundObservation observation)
    {
        double seconds = observation.Interval.TotalSeconds;
        _rounds.Enqueue((seconds, observation.Dirty.PageCount));
        Seconds += seconds;
        while (Seconds > Memory)
        {
            Seconds -= _rounds.Dequeue().Seconds;
        }
    }

    /// <summary>The least that would be owed at some moment, as the time to copy it, seconds.</summary>
    /// <param name="cost">What is owed now.</param>
    /// <param name="peak">The most that has been owed when every page had been sent once: so much it is at worst.</param>
    /// <param name="observation">Bandwidth and prices.</param>
    public double Least(double cost, double peak, RoundObservation observation)
    {
        double least = cost;
        double owed = cost;
        double secondsPerPage = observation.Costs.AgainBytes / observation.BandwidthBytesPerSecond;
        foreach ((double seconds, long dirtyPages) in _rounds)
        {
            owed = Math.Min(Math.Max(peak, cost), Math.Max(0, owed - seconds) + (dirtyPages * secondsPerPage));
            least = Math.Min(least, owed);
        }

        return least;
    }
}
