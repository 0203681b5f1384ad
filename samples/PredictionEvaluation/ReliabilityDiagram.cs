using ScottPlot;

namespace PredictionEvaluation;

/// <summary>What was predicted against what happened, in ten bins: a line for each family, on the diagonal where probabilities are what they say.</summary>
public static class ReliabilityDiagram
{
    /// <summary>Bins with fewer outcomes are noise.</summary>
    private const int LeastOutcomes = 100;
    private const int Width = 900;
    private const int Height = 700;

    /// <summary>Draws the two-phase predictor on unstable pages, next sample.</summary>
    /// <param name="rows">The rows of an evaluation.</param>
    /// <param name="path">The PNG file.</param>
    public static void Save(IReadOnlyList<EvaluationRow> rows, string path)
    {
        var plot = new Plot();
        ScottPlot.Plottables.LinePlot diagonal = plot.Add.Line(0, 0, 1, 1);
        diagonal.LineColor = Colors.Gray;
        diagonal.LinePattern = LinePattern.Dashed;
        foreach (EvaluationRow row in rows.Where(static row => row is { Horizon: 1, Pages: "unstable", Training: Trainings.OtherFamilies, Predictor: Tables.Ours, Load: ScoreBook.AllLoads }))
        {
            U2CMigration.Prediction.Evaluation.ReliabilityBin[] bins = [.. row.Reliability.Where(static bin => bin.Outcomes >= LeastOutcomes)];
            if (bins.Length > 0)
            {
                ScottPlot.Plottables.Scatter line = plot.Add.Scatter(bins.Select(static bin => bin.Predicted).ToArray(), bins.Select(static bin => bin.Happened).ToArray());
                line.LegendText = FormattableString.Invariant($"{row.Family} ({row.CalibrationError:F3})");
                line.MarkerSize = 6;
            }
        }

        plot.Title("Unstable pages, next sample: family (calibration error)");
        plot.XLabel("predicted");
        plot.YLabel("written");
        plot.Axes.SetLimits(0, 1, 0, 1);
        plot.ShowLegend(Edge.Right);
        plot.SavePng(path, Width, Height);
    }
}
