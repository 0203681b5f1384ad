using U2CMigration.PageTracking.Pages;
using U2CMigration.Strategy.Replay;
using U2CMigration.Strategy.Strategies;

namespace PredictionEvaluation.Strategies;

/// <summary>A trace under given conditions, for all strategies.</summary>
/// <param name="Trace">The name of the trace.</param>
/// <param name="Family">Its family.</param>
/// <param name="Workload">The trace, made as large as wanted.</param>
/// <param name="Start">How far into the trace the migration begins.</param>
/// <param name="Pressure">Bytes dirtied per second to bandwidth; null where the bandwidth was given.</param>
/// <param name="Conditions">The conditions.</param>
public sealed record Scenario(string Trace, string Family, TraceTimeline Workload, TimeSpan Start, double? Pressure, ReplayConditions Conditions)
{
    /// <summary>Replays the scenario under strategies.</summary>
    public IEnumerable<StrategyRow> Run(IReadOnlyList<string> strategies)
    {
        ClairvoyantBound bound = ClairvoyantBound.Of(Workload, Conditions);
        foreach (string strategy in strategies)
        {
            ReplayResult result = MigrationReplay.Run(Workload, Conditions, MigrationStrategies.CreateForReplay(strategy));
            (double bytes, double downtime) = bound.RegretOf(result);
            yield return new StrategyRow
            {
                Trace = Trace,
                Family = Family,
                Pressure = Pressure,
                BandwidthMbit = Conditions.BandwidthBytesPerSecond * 8 / 1e6,
                MemoryBytes = Workload.Resident.PageCount * PageSize.Bytes,
                StartMs = Start.TotalMilliseconds,
                Strategy = strategy,
                Rounds = result.Rounds.Count,
                StoppedByStrategy = result.StoppedByStrategy,
                DurationMs = result.Duration.TotalMilliseconds,
                DowntimeMs = result.Downtime.TotalMilliseconds,
                WireBytes = result.WireBytes,
                BoundWireBytes = bound.WireBytes,
                BoundDowntimeMs = bound.Downtime.TotalMilliseconds,
                RegretBytes = bytes,
                RegretDowntime = downtime,
            };
        }
    }
}
