namespace MigrationReport;

/// <summary>Pictures of a comparison: bytes of each round per strategy, and bars of downtime and duration with their ranges.</summary>
public static class ComparisonPlots
{
    /// <summary>Writes <c>rounds-WORKLOAD-REGIME.png</c>, <c>downtime-WORKLOAD.png</c> and <c>duration-WORKLOAD.png</c>.</summary>
    public static void Save(IReadOnlyList<RunReport> runs, string directory)
    {
        Directory.CreateDirectory(directory);
        foreach (IGrouping<string, RunReport> workload in runs.Where(run => run.Outcome == RunReport.Completed).GroupBy(run => run.Workload))
        {
            IReadOnlyList<SummaryRow> rows = SummaryRow.Summarise(workload);
            RangeBars.Save($"{workload.Key}: downtime, ms", rows, row => row.DowntimeMs, row => row.DowntimeRangeMs, Path.Combine(directory, $"downtime-{workload.Key}.png"));
            RangeBars.Save($"{workload.Key}: duration, ms", rows, row => row.DurationMs, row => row.DurationRangeMs, Path.Combine(directory, $"duration-{workload.Key}.png"));
            foreach (IGrouping<Regime, RunReport> regime in workload.GroupBy(Regime.Of))
            {
                RoundBytes.Save(regime.Key, [.. regime], Path.Combine(directory, $"rounds-{regime.Key.FileName}.png"));
            }
        }
    }
}
