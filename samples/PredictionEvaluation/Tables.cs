using Spectre.Console;

namespace PredictionEvaluation;

/// <summary>The rows as people read them.</summary>
public static class Tables
{
    /// <summary>The predictor that is compared with the others.</summary>
    public const string Ours = "two-phase";

    public static void Write(IAnsiConsole console, IReadOnlyList<EvaluationRow> rows)
    {
        Table table = new Table().Border(TableBorder.Simple).Title("Next sample, unstable pages");
        foreach (string column in (ReadOnlySpan<string>)["family", "load", "predictor", "written", "F1 pooled", "own threshold", "F1 per page", "PR-AUC", "oracle F1", "calibration error", "ms/round"])
        {
            table.AddColumn(column);
        }

        foreach (EvaluationRow row in rows.Where(static row => row is { Horizon: 1, Pages: "unstable", Training: Trainings.OtherFamilies } && row.Load != ScoreBook.AllLoads))
        {
            string[] cells =
            [
                row.Family, row.Load, row.Predictor, $"{row.WrittenShare:P1}", $"{row.F1Pooled:N3}", $"{row.F1OwnThreshold:N3}", $"{row.F1PerPage:N3}", $"{row.PrAuc:N3}",
                $"{row.OracleF1:N3}", $"{row.CalibrationError:N3}", $"{row.MsPerRound:N1}",
            ];
            table.AddRow([.. cells.Select(cell => row.Predictor == Ours ? $"[bold]{cell}[/]" : cell)]);
        }

        console.Write(table);
    }
}
