using U2CMigration.Strategy.Rounds;

namespace U2CMigration.Strategy.Strategies;

/// <summary>Stops when going on no longer shortens the downtime by enough to be worth its time.</summary>
/// <remarks>
/// What counts is what the last rounds really gained: looking and planning take time as well, in which pages are written, and a rule that only believes in
/// the next round would go on for ever.
/// </remarks>
internal sealed class StopRule
{
    /// <summary>The share of the fixed downtime below which copying the rest counts as nothing: 5 %.</summary>
    private const double NegligibleShare = 0.05;

    /// <summary>The downtime that a second of migration must save, seconds.</summary>
    private const double LeastGain = 0.05;

    /// <summary>Over how many rounds the gain is measured: one can be bad luck.</summary>
    private const int Window = 3;

    private readonly Queue<(double Copy, double Elapsed)> _states = new();

    /// <summary>Whether to stop instead of sending another round.</summary>
    public bool ShouldStop(RoundObservation observation)
    {
        if (observation.Round == 0)
        {
            return false;
        }

        if (observation.BandwidthBytesPerSecond <= 0)
        {
            return observation.Owed.PageCount == 0;
        }

        double copy = observation.CopyTime.TotalSeconds;
        return copy <= observation.FixedDowntime.TotalSeconds * NegligibleShare || !Gains(copy, observation.Elapsed.TotalSeconds);
    }

    private bool Gains(double copy, double elapsed)
    {
        _states.Enqueue((copy, elapsed));
        if (_states.Count <= Window)
        {
            return true;
        }

        (double before, double then) = _states.Dequeue();
        return before - copy >= LeastGain * (elapsed - then);
    }
}
