namespace MigrationReport;

/// <summary>The runs of one strategy on one workload and link: medians, except for the two sums.</summary>
public sealed record SummaryRow
{
    public required string Workload { get; init; }

    public required double BandwidthMbit { get; init; }

    /// <summary>The pressure that the link was set for; 0 when its bandwidth was given.</summary>
    public double Pressure { get; init; }

    /// <summary>The size that the workload was asked to have.</summary>
    public long MemoryMib { get; init; }

    public required string Strategy { get; init; }

    public required int Runs { get; init; }

    public required double DurationMs { get; init; }

    public required double DowntimeMs { get; init; }

    /// <summary>The shortest and the longest downtime.</summary>
    public IReadOnlyList<double> DowntimeRangeMs { get; init; } = [];

    /// <summary>The longest downtime over the median.</summary>
    public double DowntimeWorstRatio { get; init; } = 1;

    /// <summary>The shortest and the longest duration.</summary>
    public IReadOnlyList<double> DurationRangeMs { get; init; } = [];

    /// <summary>This downtime over that of the first strategy in the same regime.</summary>
    public double DowntimeRatio { get; init; } = 1;

    /// <summary>This duration over that of the first strategy in the same regime.</summary>
    public double DurationRatio { get; init; } = 1;

    public required double ClientGapMs { get; init; }

    public required double WireBytes { get; init; }

    /// <summary>Sum; runs that could not be read back count in <see cref="FailedRuns"/>.</summary>
    public required long LostWrites { get; init; }

    /// <summary>Sum.</summary>
    public required long PagesMismatched { get; init; }

    public required double ThroughputLossPercent { get; init; }

    /// <summary>Runs that were not sound; the medians are those of the completed ones.</summary>
    public required int FailedRuns { get; init; }

    public double FillMs { get; init; }

    public double ThroughputAfterPercent { get; init; }

    public static IReadOnlyList<SummaryRow> Summarise(IEnumerable<RunReport> runs) =>
        [.. runs.GroupBy(Regime.Of).SelectMany(g => OfRegime([.. g]))];

    private static IEnumerable<SummaryRow> OfRegime(IReadOnlyList<RunReport> runs)
    {
        SummaryRow? first = null;
        foreach (IGrouping<string, RunReport> group in runs.GroupBy(r => r.Strategy))
        {
            SummaryRow row = Of([.. group]);
            first ??= row;
            yield return row with { DowntimeRatio = Ratio(row.DowntimeMs, first.DowntimeMs), DurationRatio = Ratio(row.DurationMs, first.DurationMs) };
        }
    }

    private static double Ratio(double value, double reference) => reference > 0 ? value / reference : 0;

    private static SummaryRow Of(IReadOnlyList<RunReport> runs)
    {
        List<RunReport> completed = [.. runs.Where(r => r.Outcome == RunReport.Completed)];
        double downtime = Median.Of(completed.Select(r => r.DowntimeMs));
        return new SummaryRow
        {
            Workload = runs[0].Workload,
            BandwidthMbit = runs[0].BandwidthMbit,
            Pressure = runs[0].Pressure,
            MemoryMib = runs[0].MemoryMib,
            Strategy = runs[0].Strategy,
            Runs = runs.Count,
            DurationMs = Median.Of(completed.Select(r => r.DurationMs)),
            DowntimeMs = downtime,
            DowntimeWorstRatio = completed.Count == 0 ? 0 : Ratio(completed.Max(r => r.DowntimeMs), downtime),
            DowntimeRangeMs = completed.Count == 0 ? [] : [completed.Min(r => r.DowntimeMs), completed.Max(r => r.DowntimeMs)],
            DurationRangeMs = completed.Count == 0 ? [] : [completed.Min(r => r.DurationMs), completed.Max(r => r.DurationMs)],
            FillMs = Median.Of(completed.Select(r => r.FillMs)),
            ThroughputAfterPercent = Median.Of(completed.Select(r => r.ThroughputAfterPercent)),
            ClientGapMs = Median.Of(completed.Select(r => r.ClientGapMs)),
            WireBytes = Median.Of(completed.Select(r => (double)r.WireBytes)),
            LostWrites = runs.Sum(r => r.LostWrites ?? 0),
            PagesMismatched = runs.Sum(r => r.PagesMismatched),
            ThroughputLossPercent = Median.Of(completed.Select(r => r.ThroughputLossPercent)),
            FailedRuns = runs.Count(r => !r.IsSound()),
        };
    }
}
