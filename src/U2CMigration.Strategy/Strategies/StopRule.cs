using U2CMigration.PageTracking.Pages;
using U2CMigration.Strategy.Rounds;

namespace U2CMigration.Strategy.Strategies;

/// <summary>Stops when going on no longer shortens the downtime by enough to be worth its time.</summary>
/// <remarks>
/// What counts is what the last rounds really gained: looking and planning take time as well, in which pages are written, and a rule that only believes in
/// the next round would go on for ever. Gains are counted in bytes and judged at today's bandwidth: a link that becomes slower is no reason to stop, it makes what is
/// left more costly. Nor does it stop in the first pass, as long as pages are left that the destination has never seen, or while those become fewer: a workload that
/// grows faster than the link owes more and more until then, and little afterwards.
/// </remarks>
internal sealed class StopRule
{
    /// <summary>The share of the fixed downtime below which copying the rest counts as nothing: 5 %.</summary>
    private const double NegligibleShare = 0.05;

    /// <summary>The downtime that a second of migration must save, seconds.</summary>
    private const double LeastGain = 0.05;

    /// <summary>Over how many rounds the gain is measured: one can be bad luck.</summary>
    private const int Window = 3;

    private readonly Queue<State> _states = new();
    private long _sentPages;

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
        return observation.CopyTime <= observation.FixedDowntime * NegligibleShare || !Gains(observation);
    }

    private bool Gains(RoundObservation observation)
    {
        long unseen = observation.Owed.PageCount - observation.Owed.CountCommon(observation.Delivered);
        State now = new(observation.OwedBytes, unseen, observation.Elapsed.TotalSeconds);
        _states.Enqueue(now);
        if (_states.Count <= Window)
        {
            return true;
        }

        State then = _states.Dequeue();
        bool firstPass = unseen > 0 && _sentPages < observation.ResidentPages;
        double saved = (then.OwedBytes - now.OwedBytes) / observation.BandwidthBytesPerSecond;
        return firstPass || now.UnseenPages < then.UnseenPages || saved >= LeastGain * (now.Elapsed - then.Elapsed);
    }

    private readonly record struct State(double OwedBytes, long UnseenPages, double Elapsed);
}
