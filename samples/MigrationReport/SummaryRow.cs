namespace MigrationReport;

/// <summary>The runs of one strategy on one workload and link: medians, except for the two sums.</summary>
public sealed record SummaryRow
{
    public required string Workload { get; init; }

    public required double BandwidthMbit { get; init; }

    public required string Strategy { get; init; }

    public required int Runs { get; init; }

    public required double DurationMs { get; init; }

    public required double DowntimeMs { get; init; }

    public required double ClientGapMs { get; init; }

    public required double WireBytes { get; init; }

    /// <summary>Sum; runs that could not be read back count in <see cref="FailedRuns"/>.</summary>
    public required long LostWrites { get; init; }

    /// <summary>Sum.</summary>
    public required long PagesMismatched { get; init; }

    public required double ThroughputLossPercent { get; init; }

    /// <summary>Runs that were not sound; the medians are those of the completed ones.</summary>
    public required int FailedRuns { get; init; }

    public static IReadOnlyList<SummaryRow> Summarise(IEnumerable<RunReport> runs) =>
        [.. runs.GroupBy(r => (r.Workload, r.BandwidthMbit, r.Strategy)).Select(g => Of(g.Key.Workload, g.Key.BandwidthMbit, g.Key.Strategy, [.. g]))];

    private static SummaryRow Of(string workload, double bandwidthMbit, string strategy, IReadOnlyList<RunReport> runs)
    {
        List<RunReport> completed = [.. runs.Where(r => r.Outcome == RunReport.Completed)];
        return new SummaryRow
        {
            Workload = workload,
            BandwidthMbit = bandwidthMbit,
            Strategy = strategy,
            Runs = runs.Count,
            DurationMs = Median(completed, r => r.DurationMs),
            DowntimeMs = Median(completed, r => r.DowntimeMs),
            ClientGapMs = Median(completed, r => r.ClientGapMs),
            WireBytes = Median(completed, r => r.WireBytes),
            LostWrites = runs.Sum(r => r.LostWrites ?? 0),
            PagesMismatched = runs.Sum(r => r.PagesMismatched),
            ThroughputLossPercent = Median(completed, r => r.ThroughputLossPercent),
            FailedRuns = runs.Count(r => !r.IsSound()),
        };
    }

    private static double Median(IReadOnlyList<RunReport> runs, Func<RunReport, double> figure)
    {
        double[] values = [.. runs.Select(figure).Order()];
        int middle = values.Length / 2;
        return values.Length == 0 ? 0 : values.Length % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
    }
}
