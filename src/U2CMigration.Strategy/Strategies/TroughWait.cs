using U2CMigration.Strategy.Rounds;

namespace U2CMigration.Strategy.Strategies;

/// <summary>For workloads that write in sweeps: waits until no more is owed than there was at the best moment so far, for as long as that may be worth it.</summary>
internal sealed class TroughWait
{
    /// <summary>How far above the best moment counts as the same: 10 % and 10 ms.</summary>
    private const double Tolerance = 0.1;

    private const double ToleranceSeconds = 0.01;

    /// <summary>How long to wait for each second of downtime that may be saved. It may also not be.</summary>
    private const double Patience = 5;

    /// <summary>A second must save at least this, seconds, for the end of a trough to be yet to come.</summary>
    private const double SteepGain = 0.5;

    private OwedState? _best;
    private OwedState? _trough;
    private double _waitingSince = double.PositiveInfinity;

    /// <summary>Whether to send another round.</summary>
    /// <param name="now">What is owed now.</param>
    /// <param name="observation">Bandwidth and prices.</param>
    /// <param name="gain">The downtime that a second saved lately, seconds.</param>
    /// <param name="gains">Whether that is enough to go on.</param>
    public bool GoesOn(OwedState now, RoundObservation observation, double gain, bool gains)
    {
        double cost = now.CopySeconds(observation);
        double best = _best?.CopySeconds(observation) ?? double.PositiveInfinity;
        OwedState? bottom = _best;
        if (cost < best)
        {
            _best = now;
        }

        if (gains)
        {
            return gain >= SteepGain || _trough is not { } trough || !IsNear(cost, trough.CopySeconds(observation));
        }

        if (bottom is null || IsNear(cost, best))
        {
            return false;
        }

        _trough = bottom;
        _waitingSince = Math.Min(_waitingSince, now.Elapsed);
        return now.Elapsed - _waitingSince < (cost - best) * Patience;
    }

    private static bool IsNear(double cost, double level) => cost <= (level * (1 + Tolerance)) + ToleranceSeconds;
}
