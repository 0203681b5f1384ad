using U2CMigration.Strategy.Rounds;

namespace U2CMigration.Strategy.Strategies;

/// <summary>Stops when going on no longer shortens the downtime by enough to be worth its time, but not while a burst of writes is on.</summary>
/// <remarks>
/// What counts is what the last rounds really gained: looking and planning take time as well, in which pages are written, and a rule that only believes in
/// the next round would go on for ever. Gains are counted in pages and judged at today's bandwidth and prices: a link that becomes slower is no reason to stop, it makes
/// what is left more costly. Nor does it stop in the first pass, as long as pages are left that the destination has never seen, or while those become fewer: a workload that
/// grows faster than the link owes more and more until then, and little afterwards. The rounds stop gaining just when a sweep of writes begins, which is the worst
/// moment of all: whoever writes in sweeps is stopped when no more is owed than there was between two of them (<see cref="TroughWait"/>).
/// </remarks>
internal sealed class StopRule
{
    /// <summary>The share of the fixed downtime below which copying the rest counts as nothing: 5 %.</summary>
    private const double NegligibleShare = 0.05;

    /// <summary>The downtime that a second of migration must save, seconds.</summary>
    private const double LeastGain = 0.05;

    /// <summary>Over how many rounds the gain is measured at least: one can be bad luck.</summary>
    private const int WindowRounds = 3;

    /// <summary>And over how long, in parts of the time that copying everything owed takes: the more is at stake, the longer is a look at it worth its time.</summary>
    private const double WindowShare = 2;

    private const double ShortestWindow = 0.2;
    private const double LongestWindow = 1.5;

    private readonly List<OwedState> _states = [];
    private readonly TroughWait _troughs = new();
    private long _sentPages;

    /// <summary>Whether pages are left that were never sent, and less was sent than there was at first.</summary>
    public bool IsFirstPass { get; private set; } = true;

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

        _sentPages += observation.Previous?.SentPages ?? 0;
        bool gains = Gains(observation);

        // In the first pass nothing is negligible: the rest of it is one slice away, and an estimate by which it costs nothing may be wrong.
        return !gains || (!IsFirstPass && observation.CopyTime <= observation.FixedDowntime * NegligibleShare);
    }

    private bool Gains(RoundObservation observation)
    {
        OwedState now = OwedState.Of(observation);
        IsFirstPass = now.UnseenPages > 0 && _sentPages < observation.ResidentPages;
        _states.Add(now);
        _troughs.AddWritten(observation);
        double window = Math.Clamp(WindowShare * observation.CopyTime.TotalSeconds, ShortestWindow, LongestWindow);
        while (_states.Count > WindowRounds + 1 && now.Elapsed - _states[1].Elapsed >= window)
        {
            _states.RemoveAt(0);
        }

        OwedState then = _states[0];
        if (IsFirstPass || now.UnseenPages < then.UnseenPages)
        {
            return true;
        }

        _troughs.AddOwed(now, observation);
        if (_states.Count <= WindowRounds || now.Elapsed - then.Elapsed < window)
        {
            return true;
        }

        bool gains = Gain(then, now, observation) >= LeastGain;
        return _troughs.GoesOn(now, observation, Gain(_states[^(WindowRounds + 1)], now, observation), gains, LeastGain);
    }

    /// <summary>The downtime that a second saved, seconds.</summary>
    private static double Gain(OwedState then, OwedState now, RoundObservation today) =>
        (then.CopySeconds(today) - now.CopySeconds(today)) / (now.Elapsed - then.Elapsed);
}
