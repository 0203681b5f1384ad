using System.Globalization;
using System.Text;

namespace PredictionEvaluation;

/// <summary>The two-phase predictor against the best of the others, next sample of unstable pages.</summary>
/// <param name="rows">The rows of one kind of training.</param>
public sealed class Verdict(IReadOnlyList<EvaluationRow> rows)
{
    // Part of the two-phase predictor, and no baseline.
    private const string Part = "attention";

    private static readonly string[] Trained = ["random-forest", "lstm"];

    // A count or an average of the page's own bits; no model is fitted.
    private static readonly string[] Averages = ["last-value", "frequency", "exponential"];

    private readonly EvaluationRow[] _rows = [.. rows.Where(static row => row is { Horizon: 1, Pages: "unstable", PrAuc: not null } && row.Predictor != Part)];

    /// <summary>As Markdown: a line for each family and load, and what they come to.</summary>
    public void AppendTo(StringBuilder text)
    {
        Contest[] contests = [.. Contests(_rows.Where(static row => row.Load != ScoreBook.AllLoads))];
        text.Append("\n**Two-phase against the best other, unstable pages, next sample** (bold where the other wins)\n\n");
        text.Append("| family | load | F1 | best other | | PR-AUC | best other | | log loss | best other | | calibration error | of the oracle's F1 |\n");
        text.Append("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n");
        foreach (Contest contest in contests)
        {
            EvaluationRow ours = contest.Ours;
            text.Append(CultureInfo.InvariantCulture, $"| {ours.Family} | {ours.Load} | {Cells(ours, contest.BestF1, static row => row.F1Pooled)} | {Cells(ours, contest.BestPrAuc, static row => row.PrAuc!.Value)} | ");
            text.Append(CultureInfo.InvariantCulture, $"{Cells(ours, contest.BestLoss, static row => row.LogLoss!.Value, lowerIsBetter: true)} | {ours.CalibrationError:F3} | {(ours.OracleF1 is { } oracle ? (ours.F1Pooled / oracle).ToString("P1", CultureInfo.InvariantCulture) : "-")} |\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"\nAnother wins in {contests.Count(static contest => contest.BestF1.F1Pooled > contest.Ours.F1Pooled)} of {contests.Length} lines by F1 and in ");
        text.Append(CultureInfo.InvariantCulture, $"{contests.Count(static contest => contest.BestPrAuc.PrAuc > contest.Ours.PrAuc)} by PR-AUC, ");
        text.Append(CultureInfo.InvariantCulture, $"in {contests.Count(static contest => contest.BestLoss.LogLoss < contest.Ours.LogLoss)} by log loss. The calibration error is above 0.03 in {contests.Count(static contest => contest.Ours.CalibrationError > 0.03)}. ");
        text.Append("Median over families, of each the mean over its lines, against the best predictor ");
        text.Append(CultureInfo.InvariantCulture, $"that fits no model ({string.Join(", ", Averages)}): {Medians(static name => Averages.Contains(name))}; ");
        text.Append(CultureInfo.InvariantCulture, $"that is not trained in advance (those, data-shift, markov, arima): {Medians(static name => !Trained.Contains(name))}.\n");
    }

    private static string Cells(EvaluationRow ours, EvaluationRow best, Func<EvaluationRow, double> value, bool lowerIsBetter = false)
    {
        bool loses = lowerIsBetter ? value(best) < value(ours) : value(best) > value(ours);
        string other = string.Create(CultureInfo.InvariantCulture, $"{best.Predictor} {value(best):F3}");
        return string.Create(CultureInfo.InvariantCulture, $"{value(ours):F3} | {(loses ? $"**{other}**" : other)} | {Gain(value(ours) / value(best))}");
    }

    private static string Gain(double ratio) => string.Create(CultureInfo.InvariantCulture, $"{(ratio - 1) * 100:+0;-0;0} %");

    private string Medians(Func<string, bool> isRival) =>
        $"F1 {Median(isRival, static row => row.F1Pooled)}, PR-AUC {Median(isRival, static row => row.PrAuc!.Value)}";

    private string Median(Func<string, bool> isRival, Func<EvaluationRow, double> value)
    {
        double[] ratios =
        [
            .. from row in _rows
               where row.Load != ScoreBook.AllLoads
               group row by row.Family into family
               let means = family.GroupBy(static row => row.Predictor).ToDictionary(static lines => lines.Key, lines => lines.Average(value))
               let rivals = means.Where(mean => mean.Key != Tables.Ours && isRival(mean.Key)).ToArray()
               where means.ContainsKey(Tables.Ours) && rivals.Length > 0
               let ratio = means[Tables.Ours] / rivals.Max(static mean => mean.Value)
               orderby ratio
               select ratio,
        ];
        return ratios.Length == 0 ? "-" : Gain((ratios[(ratios.Length - 1) / 2] + ratios[ratios.Length / 2]) / 2);
    }

    private static IEnumerable<Contest> Contests(IEnumerable<EvaluationRow> rows) =>
        from row in rows
        group row by (row.Family, row.Load) into line
        let ours = line.FirstOrDefault(static row => row.Predictor == Tables.Ours)
        let others = line.Where(static row => row.Predictor != Tables.Ours).ToArray()
        where ours is not null && others.Length > 0
        select new Contest(ours, others.MaxBy(static row => row.F1Pooled)!, others.MaxBy(static row => row.PrAuc)!, others.MinBy(static row => row.LogLoss)!);

    private sealed record Contest(EvaluationRow Ours, EvaluationRow BestF1, EvaluationRow BestPrAuc, EvaluationRow BestLoss);
}
