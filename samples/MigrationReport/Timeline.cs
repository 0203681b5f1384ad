using ScottPlot;

namespace MigrationReport;

/// <summary>A picture of one migration: rounds over time above, what the client saw below, on one time axis.</summary>
public static class Timeline
{
    private const int Width = 1400;
    private const int HeightPerPanel = 330;
    private const double LeastLatencyMs = 0.1;
    private static readonly Color Dirty = Color.FromHex("#c0c8d0");
    private static readonly Color Sent = Color.FromHex("#2f7ed8");
    private static readonly Color Down = Color.FromHex("#d9534f");
    private static readonly Color Throughput = Color.FromHex("#3a9d5d");
    private static readonly Color Latency = Color.FromHex("#8a5fbf");

    public static void Save(RunReport run, string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var picture = new Multiplot();
        picture.AddPlots(3);
        Plot[] plots = picture.GetPlots();
        DrawRounds(plots[0], run);
        DrawClient(plots[1], run, run.ClientWindows.Select(w => w.LengthMs > 0 ? w.Operations / w.LengthMs * 1000 : 0), Throughput, "client: operations/s");
        DrawClient(plots[2], run, WorstLatency.Of(run.ClientWindows).Select(static ms => DecadeAxis.Of(ms, LeastLatencyMs)), Latency, "client: worst latency, ms");
        DecadeAxis.Label(plots[2], LeastLatencyMs);
        plots[2].XLabel("milliseconds since the attach");
        double left = run.ClientWindows.Count > 0 ? run.ClientWindows[0].StartMs : 0;
        double right = Math.Max(run.DurationMs, run.ClientWindows.Count > 0 ? run.ClientWindows[^1].StartMs + run.ClientWindows[^1].LengthMs : 0);
        foreach (Plot plot in plots)
        {
            MarkDowntime(plot, run);
            plot.Axes.SetLimitsX(left, right);
            // The same width of all left axes keeps the three time axes under each other.
            plot.Axes.Left.MinimumSize = 90;
            plot.Axes.Left.MaximumSize = 90;
        }

        picture.SavePng(path, Width, HeightPerPanel * plots.Length);
    }

    private static void DrawRounds(Plot plot, RunReport run)
    {
        var bars = new List<Bar>();
        foreach (RoundReport round in run.Rounds)
        {
            double middle = round.StartMs + (round.DurationMs / 2);
            double width = Math.Max(round.DurationMs, 1);
            bars.Add(new Bar { Position = middle, Value = DecadeAxis.Of(round.DirtyPages, 1), FillColor = Dirty, LineWidth = 0.5f, Size = width });
            bars.Add(new Bar { Position = middle, Value = DecadeAxis.Of(round.SentPages, 1), FillColor = Sent, LineWidth = 0, Size = width });
        }

        plot.Add.Bars(bars);
        plot.Legend.ManualItems.Add(new LegendItem { LabelText = "dirty pages", FillColor = Dirty });
        plot.Legend.ManualItems.Add(new LegendItem { LabelText = "sent pages", FillColor = Sent });
        plot.Legend.ManualItems.Add(new LegendItem { LabelText = $"downtime {run.DowntimeMs:N0} ms", FillColor = Down.WithAlpha(0.4) });
        plot.ShowLegend(Alignment.UpperRight);
        plot.YLabel("pages per round");
        plot.Title($"{run.Workload}, {run.MemoryBytes >> 20} MiB, {run.BandwidthMbit:N0} Mbit/s, {run.Strategy}: {run.Rounds.Count} round{(run.Rounds.Count == 1 ? "" : "s")}, {run.DowntimeMs:N0} ms down, client gap {run.ClientGapMs:N0} ms");
        plot.Axes.AutoScale();
        // Rounds shrink by orders of magnitude; on a linear axis only the first would show.
        plot.Axes.SetLimitsY(0, Math.Max(1, run.Rounds.Select(r => DecadeAxis.Of(r.DirtyPages, 1)).DefaultIfEmpty(1).Max() * 1.15));
        DecadeAxis.Label(plot, 1);
    }

    private static void DrawClient(Plot plot, RunReport run, IEnumerable<double> figures, Color colour, string label)
    {
        double[] times = [.. run.ClientWindows.Select(w => w.StartMs + (w.LengthMs / 2))];
        double[] values = [.. figures];
        if (times.Length > 0)
        {
            ScottPlot.Plottables.Scatter line = plot.Add.Scatter(times, values, colour);
            line.MarkerSize = 0;
            line.LineWidth = 2;
            line.FillY = true;
            line.FillYColor = colour.WithAlpha(0.15);
        }

        plot.YLabel(label);
        plot.Axes.AutoScale();
        plot.Axes.SetLimitsY(0, Math.Max(1, values.DefaultIfEmpty(1).Max() * 1.15));
    }

    private static void MarkDowntime(Plot plot, RunReport run)
    {
        if (run.DowntimeMs <= 0)
        {
            return;
        }

        ScottPlot.Plottables.HorizontalSpan span = plot.Add.HorizontalSpan(run.FreezeStartMs, run.FreezeStartMs + run.DowntimeMs);
        span.FillStyle.Color = Down.WithAlpha(0.25);
        span.LineStyle.Color = Down;
        span.LineStyle.Width = 1;
    }
}
