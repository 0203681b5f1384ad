using ScottPlot;

namespace MigrationReport;

/// <summary>What each round put on the wire: one line per strategy, the median of its runs.</summary>
internal static class RoundBytes
{
    private const double MebiByte = 1 << 20;
    private const double LeastMib = 0.01;
    private const int Width = 1000;
    private const int Height = 600;

    internal static void Save(Regime regime, IReadOnlyList<RunReport> runs, string path)
    {
        var plot = new Plot();
        var palette = new ScottPlot.Palettes.Category20();
        int index = 0;
        foreach (IGrouping<string, RunReport> strategy in runs.GroupBy(run => run.Strategy))
        {
            double[] medians = [.. Medians([.. strategy])];
            double[] rounds = [.. Enumerable.Range(1, medians.Length).Select(round => (double)round)];
            ScottPlot.Plottables.Scatter line = plot.Add.Scatter(rounds, medians.Select(bytes => DecadeAxis.Of(bytes / MebiByte, LeastMib)).ToArray(), palette.GetColor(index++));
            line.LegendText = strategy.Key;
            line.LineWidth = 2;
            line.MarkerSize = 7;
        }

        plot.ShowLegend(Edge.Right);
        plot.Title($"{regime.Workload}, {regime.MemoryMib} MiB, {regime.Link}: MiB sent per round, the last one while it is frozen");
        plot.XLabel("round");
        plot.Axes.Bottom.TickGenerator = new ScottPlot.TickGenerators.NumericAutomatic { IntegerTicksOnly = true };
        DecadeAxis.Label(plot, LeastMib);
        plot.Axes.AutoScale();
        plot.Axes.SetLimitsY(0, Math.Max(1, plot.Axes.GetLimits().Top));
        plot.SavePng(path, Width, Height);
    }

    /// <summary>Runs differ in their number of rounds: the median of those that got so far.</summary>
    private static IEnumerable<double> Medians(IReadOnlyList<RunReport> runs)
    {
        int most = runs.Max(run => run.Rounds.Count);
        for (int round = 0; round < most; round++)
        {
            yield return Median.Of(runs.Where(run => run.Rounds.Count > round).Select(run => (double)run.Rounds[round].WireBytes));
        }
    }
}
