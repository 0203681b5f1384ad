using U2CMigration.Strategy.Rounds;

namespace U2CMigration.Strategy.Strategies;

/// <summary>
/// For workloads that write in sweeps: waits until no more is owed than there was at the best moment so far, or than a lull like those before would leave, for as long
/// as that may be worth it.
/// </summary>
/// <remarks>Times are in seconds; a cost is the time that copying everything owed would take.</remarks>
internal sealed class TroughWait
{
    /// <summary>How far above a level counts as the same: 10 % and 10 ms.</summary>
    private const double Tolerance = 0.1;

    private const double ToleranceSeconds = 0.01;

    /// <summary>How long to wait for each second of downtime that the best moment so far would save. It may not come again.</summary>
    private const double Patience = 5;

    /// <summary>But not longer than this: some workloads only ever owe more.</summary>
    private const double LongestWait = 10;

    /// <summary>A second that saves so much leads to a trough, whose bottom is yet to come.</summary>
    private const double SteepGain = 0.5;

    private readonly LullForecast _lulls = new();
    private OwedState? _best;
    private OwedState? _trough;
    private double _peak;
    private double _waitingSince = double.PositiveInfinity;

    /// <summary>Notes what was written since the round before.</summary>
    public void AddWritten(RoundObservation observation) => _lulls.Add(observation);

    /// <summary>Notes what is owed, when every page was sent once.</summary>
    /// <param name="now">What is owed now.</param>
    /// <param name="observation">Bandwidth and prices.</param>
    public void AddOwed(OwedState now, RoundObservation observation)
    {
        double cost = now.CopySeconds(observation);
        _peak = Math.Max(_peak, cost);
        if (_best is not { } best || cost < best.CopySeconds(observation))
        {
            _best = now;
        }
    }

    /// <summary>Whether to send another round.</summary>
    /// <param name="now">What is owed now; noted before.</param>
    /// <param name="observation">Bandwidth and prices.</param>
    /// <param name="lastGain">The downtime that a second saved in the last rounds.</param>
    /// <param name="gains">Whether it saved enough to go on over a longer time.</param>
    /// <param name="leastGain">How much is enough.</param>
    public bool GoesOn(OwedState now, RoundObservation observation, double lastGain, bool gains, double leastGain)
    {
        double cost = now.CopySeconds(observation);
        if (!gains)
        {
            _waitingSince = Math.Min(_waitingSince, now.Elapsed);
            _trough = _best is { } best && !IsNear(cost, best.CopySeconds(observation)) ? best : _trough;
        }

        double? level = _trough?.CopySeconds(observation);
        bool isAbove = level is { } trough && !IsNear(cost, trough);
        if (lastGain >= SteepGain)
        {
            return true;
        }

        if (gains)
        {
            return level is null || isAbove;
        }

        double waited = now.Elapsed - _waitingSince;
        if (isAbove && waited < Math.Min(LongestWait, (cost - level.GetValueOrDefault()) * Patience))
        {
            return true;
        }

        return AwaitsLull(cost, waited, observation, leastGain);
    }

    /// <summary>A lull comes at any time within what is remembered, in the middle on average.</summary>
    private bool AwaitsLull(double cost, double waited, RoundObservation observation, double leastGain)
    {
        double least = _lulls.Least(cost, _peak, observation);
        return !IsNear(cost, least) && cost - least >= leastGain * _lulls.Seconds / 2 && waited < _lulls.Seconds;
    }

    private static bool IsNear(double cost, double level) => cost <= (level * (1 + Tolerance)) + ToleranceSeconds;
}
