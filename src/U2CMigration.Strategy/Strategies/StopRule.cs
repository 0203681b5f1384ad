using U2CMigration.PageTracking.Pages;
using U2CMigration.Strategy.Rounds;

namespace U2CMigration.Strategy.Strategies;

/// <summary>Stops when another round is not expected to shorten the downtime by enough to be worth its time.</summary>
internal sealed class StopRule
{
    /// <summary>The share of the fixed downtime below which copying the rest counts as nothing: 5 %.</summary>
    private const double NegligibleShare = 0.05;

    /// <summary>The downtime that a second of migration must save, seconds.</summary>
    private const double LeastGain = 0.05;

    /// <summary>How many plans in a row must find no gain: one can be bad luck.</summary>
    private const int Patience = 2;

    /// <summary>The weight of the newest arrival rate.</summary>
    private const double NewestWeight = 0.4;

    private double _arrivalsPerSecond;
    private int _withoutGain;
    private bool _measured;

    /// <summary>Whether to stop instead of following a plan.</summary>
    public bool ShouldStop(RoundObservation observation, RoundPlan plan)
    {
        if (observation.Round == 0)
        {
            return false;
        }

        Measure(observation);
        double bandwidth = observation.BandwidthBytesPerSecond;
        if (bandwidth <= 0)
        {
            return observation.Owed.PageCount == 0;
        }

        double copyNow = observation.OwedBytes / bandwidth;
        if (copyNow <= observation.FixedDowntime.TotalSeconds * NegligibleShare)
        {
            return true;
        }

        _withoutGain = Gain(observation, plan, bandwidth) < LeastGain ? _withoutGain + 1 : 0;
        return _withoutGain >= Patience;
    }

    /// <summary>The seconds of downtime that following the plan saves in each second that it takes.</summary>
    private double Gain(RoundObservation observation, RoundPlan plan, double bandwidth)
    {
        double planned = 0;
        foreach (PageSet group in plan.Groups)
        {
            planned += Bytes(group, observation);
        }

        double seconds = Math.Min(plan.Slice.TotalSeconds, planned / bandwidth);
        if (seconds <= 0)
        {
            return 0;
        }

        double sent = seconds * bandwidth;
        double arriving = _arrivalsPerSecond * seconds * observation.Costs.AgainBytes;
        return (sent - arriving) / bandwidth / seconds;
    }

    private static double Bytes(PageSet group, RoundObservation observation)
    {
        long again = observation.Costs.AgainBytes < observation.Costs.NewBytes ? group.CountCommon(observation.Delivered) : 0;
        return ((group.PageCount - again) * observation.Costs.NewBytes) + (again * observation.Costs.AgainBytes);
    }

    private void Measure(RoundObservation observation)
    {
        if (observation.Interval <= TimeSpan.Zero)
        {
            return;
        }

        double rate = observation.ArrivedPages / observation.Interval.TotalSeconds;
        _arrivalsPerSecond = _measured ? (_arrivalsPerSecond * (1 - NewestWeight)) + (rate * NewestWeight) : rate;
        _measured = true;
    }
}
