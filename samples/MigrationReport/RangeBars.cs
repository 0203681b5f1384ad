using ScottPlot;
using ScottPlot.TickGenerators;

namespace MigrationReport;

/// <summary>One group of bars per regime, one bar per strategy: the median, and a line from the least to the most.</summary>
internal static class RangeBars
{
    private const double LeastMs = 1;
    private const int Height = 600;
    private const int LeastWidth = 800;
    private const int WidthPerBar = 40;

    internal static void Save(string title, IReadOnlyList<SummaryRow> rows, Func<SummaryRow, double> median, Func<SummaryRow, IReadOnlyList<double>> range, string path)
    {
        var plot = new Plot();
        string[] strategies = [.. rows.Select(row => row.Strategy).Distinct()];
        var palette = new ScottPlot.Palettes.Category20();
        var ticks = new NumericManual();
        double highest = 0;
        double position = 0;
        foreach (IGrouping<Regime, SummaryRow> regime in rows.GroupBy(Regime.Of))
        {
            ticks.AddMajor(position + ((strategies.Length - 1) / 2.0), $"{regime.Key.MemoryMib} MiB\n{regime.Key.Link}");
            foreach (SummaryRow row in regime)
            {
                int strategy = Array.IndexOf(strategies, row.Strategy);
                Draw(plot, position + strategy, median(row), range(row), palette.GetColor(strategy));
                highest = Math.Max(highest, DecadeAxis.Of(range(row).DefaultIfEmpty(LeastMs).Max(), LeastMs));
            }

            position += strategies.Length + 1;
        }

        for (int i = 0; i < strategies.Length; i++)
        {
            plot.Legend.ManualItems.Add(new LegendItem { LabelText = strategies[i], FillColor = palette.GetColor(i) });
        }

        plot.ShowLegend(Edge.Right);
        plot.Title(title);
        plot.Axes.Bottom.TickGenerator = ticks;
        plot.Axes.Bottom.MajorTickStyle.Length = 0;
        DecadeAxis.Label(plot, LeastMs);
        plot.Axes.SetLimits(-1, position - 1, 0, Math.Max(1, highest * 1.1));
        plot.SavePng(path, Math.Max(LeastWidth, (rows.Count * WidthPerBar) + (LeastWidth / 2)), Height);
    }

    private static void Draw(Plot plot, double position, double median, IReadOnlyList<double> range, Color colour)
    {
        Bar bar = new() { Position = position, Value = DecadeAxis.Of(median, LeastMs), FillColor = colour, LineWidth = 0, Size = 0.85 };
        plot.Add.Bar(bar);
        if (range.Count == 2)
        {
            ScottPlot.Plottables.LinePlot line = plot.Add.Line(position, DecadeAxis.Of(range[0], LeastMs), position, DecadeAxis.Of(range[1], LeastMs));
            line.LineColor = Colors.Black;
            line.LineWidth = 2;
        }
    }
}
