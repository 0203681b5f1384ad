using System.Globalization;

namespace PredictionEvaluation.Strategies;

/// <summary>What the rows say: medians of each strategy over all scenarios, and where our own loses most.</summary>
public sealed class StrategySummary(IReadOnlyList<StrategyRow> rows)
{
    private const string Ours = "u2c";
    private const string Reference = "precopy-qemu";

    /// <summary>The tables.</summary>
    public IEnumerable<SummaryTable> Tables
    {
        get
        {
            yield return Regrets();
            yield return Compared("Duration to that of precopy-qemu, median", static row => row.DurationMs);
            yield return Compared("Downtime to that of precopy-qemu, median", static row => row.DowntimeMs);
            yield return Losses();
        }
    }

    private SummaryTable Regrets() => new(
        "Regret against the clairvoyant bound",
        ["strategy", "bytes, median", "downtime, median", "bytes, 90 %", "downtime, 90 %", "downtime ms, median", "rounds, median", "stopped by limit"],
        [
            .. rows.GroupBy(static row => row.Strategy).Select(static group => (IReadOnlyList<string>)
            [
                group.Key,
                Share(Quantile(group, static row => row.RegretBytes, 0.5)),
                Share(Quantile(group, static row => row.RegretDowntime, 0.5)),
                Share(Quantile(group, static row => row.RegretBytes, 0.9)),
                Share(Quantile(group, static row => row.RegretDowntime, 0.9)),
                Quantile(group, static row => row.DowntimeMs, 0.5).ToString("N0", CultureInfo.InvariantCulture),
                Quantile(group, static row => row.Rounds, 0.5).ToString("N0", CultureInfo.InvariantCulture),
                Share(group.Average(static row => row.StoppedByStrategy ? 0 : 1)),
            ]),
        ]);

    private SummaryTable Compared(string title, Func<StrategyRow, double> figure)
    {
        Dictionary<object, double> reference = rows.Where(static row => row.Strategy == Reference).ToDictionary(ScenarioOf, figure);
        double?[] pressures = [.. rows.Select(static row => row.Pressure).Distinct().OrderBy(static pressure => pressure ?? double.MaxValue)];
        return new SummaryTable(
            title,
            ["strategy", .. pressures.Select(NameOf)],
            reference.Count == 0 ? [] :
            [
                .. rows.GroupBy(static row => row.Strategy).Select(group => (IReadOnlyList<string>)
                [
                    group.Key,
                    .. pressures.Select(pressure => Quantile(group.Where(row => row.Pressure == pressure), row => figure(row) / reference[ScenarioOf(row)], 0.5).ToString("N2", CultureInfo.InvariantCulture)),
                ]),
            ]);
    }

    private SummaryTable Losses() => new(
        "Regret of u2c by family and pressure, medians",
        ["family", "pressure", "bytes", "downtime", "downtime ms", "bound ms", "duration ms", "rounds"],
        [
            .. rows.Where(static row => row.Strategy == Ours).GroupBy(static row => (row.Family, row.Pressure))
                .OrderBy(static group => group.Key.Family, StringComparer.Ordinal).ThenBy(static group => group.Key.Pressure ?? double.MaxValue)
                .Select(static group => (IReadOnlyList<string>)
                [
                    group.Key.Family,
                    NameOf(group.Key.Pressure),
                    Share(Quantile(group, static row => row.RegretBytes, 0.5)),
                    Share(Quantile(group, static row => row.RegretDowntime, 0.5)),
                    Quantile(group, static row => row.DowntimeMs, 0.5).ToString("N0", CultureInfo.InvariantCulture),
                    Quantile(group, static row => row.BoundDowntimeMs, 0.5).ToString("N0", CultureInfo.InvariantCulture),
                    Quantile(group, static row => row.DurationMs, 0.5).ToString("N0", CultureInfo.InvariantCulture),
                    Quantile(group, static row => row.Rounds, 0.5).ToString("N0", CultureInfo.InvariantCulture),
                ]),
        ]);

    private static object ScenarioOf(StrategyRow row) => (row.Trace, row.BandwidthMbit, row.MemoryBytes, row.StartMs);

    private static string NameOf(double? pressure) => pressure is { } value ? value.ToString(CultureInfo.InvariantCulture) : "1 Gbit/s";

    private static string Share(double value) => value.ToString("P1", CultureInfo.InvariantCulture);

    /// <summary>The value that a share of all figures does not exceed.</summary>
    private static double Quantile(IEnumerable<StrategyRow> some, Func<StrategyRow, double> figure, double share)
    {
        double[] sorted = [.. some.Select(figure).Order()];
        return sorted.Length == 0 ? double.NaN : sorted[(int)Math.Min(sorted.Length - 1, Math.Floor(share * sorted.Length))];
    }
}
