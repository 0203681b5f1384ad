using System.Globalization;
using System.Text;

namespace PredictionEvaluation;

/// <summary>The results as tables of a document.</summary>
public static class MarkdownReport
{
    public static void Insert(string path, IReadOnlyList<EvaluationRow> rows) => MarkdownSection.Insert(path, "prediction", Render(rows));

    private static string Render(IReadOnlyList<EvaluationRow> rows)
    {
        var text = new StringBuilder();
        List<EvaluationRow> without = [.. rows.Where(static row => row.Training == Trainings.OtherFamilies)];
        List<EvaluationRow> earlier = [.. rows.Where(static row => row.Training == Trainings.EarlierPart)];
        text.Append("\n### Trained without the family\n");
        new Verdict(without).AppendTo(text);
        AppendTables(text, without);
        if (earlier.Count > 0)
        {
            text.Append("\n### Trained on the earlier part of all families, judged by the later part\n");
            new Verdict(earlier).AppendTo(text);
            Comparison(text, "Unstable pages, next sample: pooled F1 / PR-AUC", Select(earlier, "unstable", 1), Both);
        }

        return text.ToString();
    }

    private static void AppendTables(StringBuilder text, IReadOnlyList<EvaluationRow> rows)
    {
        foreach (string pages in (ReadOnlySpan<string>)["unstable", "all"])
        {
            for (int horizon = 1; horizon <= 3; horizon++)
            {
                Comparison(text, $"{Title(pages)}, {Ahead(horizon)}: pooled F1 / PR-AUC", Select(rows, pages, horizon), Both);
            }

            Comparison(text, $"{Title(pages)}, next sample: F1 per page", Select(rows, pages, 1), static row => Short(row.F1PerPage));
            Comparison(text, $"{Title(pages)}, next sample: mean logarithmic loss", Select(rows, pages, 1), static row => Short(row.LogLoss));
            Comparison(text, $"{Title(pages)}, next sample: expected calibration error", Select(rows, pages, 1), static row => Short(row.CalibrationError));
        }

        Comparison(text, "Milliseconds a round for all pages, learning included", Select(rows, "all", 1), static row => row.MsPerRound.ToString("N1", CultureInfo.InvariantCulture));
    }

    private static string Both(EvaluationRow row) => $"{Short(row.F1Pooled)} / {Short(row.PrAuc)}";

    private static List<EvaluationRow> Select(IReadOnlyList<EvaluationRow> rows, string pages, int horizon) =>
        [.. rows.Where(row => row.Pages == pages && row.Horizon == horizon && row.Load != ScoreBook.AllLoads)];

    private static void Comparison(StringBuilder text, string title, IReadOnlyList<EvaluationRow> rows, Func<EvaluationRow, string> cell)
    {
        string[] predictors = [.. rows.Select(static row => row.Predictor).Distinct()];
        bool oracle = rows.Any(static row => row.OracleF1 is not null);
        text.Append(CultureInfo.InvariantCulture, $"\n**{title}**\n\n| family | load | written |{string.Concat(predictors.Select(static name => $" {name} |"))}{(oracle ? " oracle F1 |" : "")}\n");
        text.Append(CultureInfo.InvariantCulture, $"| --- | --- | --- |{string.Concat(Enumerable.Repeat(" --- |", predictors.Length + (oracle ? 1 : 0)))}\n");
        foreach (IGrouping<(string, string), EvaluationRow> group in rows.GroupBy(static row => (row.Family, row.Load)))
        {
            EvaluationRow first = group.First();
            text.Append(CultureInfo.InvariantCulture, $"| {first.Family}{(first.HeldOut || first.Training == Trainings.EarlierPart ? "" : " (seen)")} | {first.Load} | {first.WrittenShare:P1} |");
            foreach (string predictor in predictors)
            {
                text.Append(CultureInfo.InvariantCulture, $" {(group.FirstOrDefault(row => row.Predictor == predictor) is { } row ? cell(row) : "")} |");
            }

            text.Append(oracle ? $" {Short(first.OracleF1)} |\n" : "\n");
        }
    }

    private static string Title(string pages) => pages == "all" ? "All pages" : "Unstable pages";

    private static string Ahead(int horizon) => horizon == 1 ? "next sample" : $"{horizon} samples ahead";

    private static string Short(double? value) => value?.ToString("N3", CultureInfo.InvariantCulture) ?? "-";
}
