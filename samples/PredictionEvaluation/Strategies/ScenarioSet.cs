using U2CMigration.PageTracking.Pages;
using U2CMigration.Prediction.Traces;
using U2CMigration.Strategy.Replay;
using U2CMigration.Strategy.Rounds;

namespace PredictionEvaluation.Strategies;

/// <summary>The scenarios of a trace: each pressure and a plain gigabit, several moments to begin, containers as large as wanted.</summary>
public static class ScenarioSet
{
    private const double Gigabit = 125e6;

    /// <summary>Pressures that would need a slower link than this are left out: workloads that hardly write.</summary>
    private const double LeastBandwidth = 1.25e6;

    private static readonly double[] Pressures = [0.2, 0.5, 0.9, 1.5];
    private static readonly double[] Starts = [0, 0.4];

    /// <summary>The scenarios of a trace.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="trace">The trace.</param>
    /// <param name="copies">How often it is repeated to make larger containers.</param>
    /// <param name="againShare">What a page sent again costs through the codec, as a share of a page.</param>
    public static IEnumerable<Scenario> Of(string name, PageTrace trace, IReadOnlyList<int> copies, double againShare)
    {
        foreach (int times in copies)
        {
            foreach (double share in Starts)
            {
                TimeSpan start = trace.Samples.Aggregate(TimeSpan.Zero, static (sum, sample) => sum + sample.Interval) * share;
                var workload = new TraceTimeline(trace, times, start);
                double dirty = TracePressure.DirtyBytesPerSecond(workload, workload.Length);
                foreach (double? pressure in (double?[])[.. Pressures, null])
                {
                    double bandwidth = pressure is { } wanted ? dirty / wanted : Gigabit;
                    if (bandwidth >= LeastBandwidth)
                    {
                        yield return new Scenario(name, trace.Header.Family, workload, start, pressure, Conditions(workload, bandwidth, againShare));
                    }
                }
            }
        }
    }

    /// <summary>The limit of the duration is five times what sending the memory once takes: who has not converged by then will not.</summary>
    private static ReplayConditions Conditions(TraceTimeline workload, double bandwidth, double againShare) => new()
    {
        BandwidthBytesPerSecond = bandwidth,
        CodecCosts = new WireCosts(PageSize.Bytes, againShare * PageSize.Bytes),
        MaxDuration = TimeSpan.FromSeconds(5 + (5 * workload.Resident.PageCount * PageSize.Bytes / bandwidth)),
    };
}
