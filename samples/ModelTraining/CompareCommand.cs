using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using U2CMigration.Prediction.Torch.Comparison;
using U2CMigration.Prediction.Torch.Training;
using U2CMigration.Prediction.Traces;

namespace ModelTraining;

/// <summary>Trains variants of the model on the same pages and prints what each kind of input is worth.</summary>
internal static class CompareCommand
{
    public static Command Create()
    {
        Option<string> traces = new("--traces") { Description = "Folder of the traces.", DefaultValueFactory = _ => Path.Combine(Repository.Find(), "data", "traces") };
        Option<int> pages = new("--pages") { Description = "Unstable pages taken from a round, at most.", DefaultValueFactory = _ => 16 };
        Option<int> epochs = new("--epochs") { Description = "Passes over the examples, at most.", DefaultValueFactory = _ => 6 };
        Option<bool> heldOut = new("--held-out") { Description = "Train once for each family, without it." };
        Option<string[]> variants = new("--variants") { Description = "Which variants.", DefaultValueFactory = _ => [.. ModelComparison.Variants], AllowMultipleArgumentsPerToken = true };
        Option<string> document = new("--document") { Description = "A document whose table between the marks 'variants' is replaced.", DefaultValueFactory = _ => "" };
        Option<int> imagined = new("--imagined") { Description = "How many made-up containers to learn from besides.", DefaultValueFactory = _ => TrainingSet.UsualImagined };
        Command command = new("compare", "Trains variants of the model on the same pages and scores the next sample of unstable pages.") { traces, pages, epochs, heldOut, variants, document, imagined };
        command.SetAction((parsed, cancellation) => Task.Run(
            () =>
            {
                IReadOnlyList<PageTrace> all = TraceFiles.ReadAll(parsed.GetValue(traces)!);
                TrainingOptions options = new() { Epochs = parsed.GetValue(epochs) };
                List<VariantScore> scores = [];
                ProgressBars.Run(start =>
                {
                    foreach (string variant in parsed.GetValue(variants)!)
                    {
                        scores.AddRange(ModelComparison.Score(variant, all, parsed.GetValue(imagined), parsed.GetValue(pages), parsed.GetValue(heldOut), options, start(variant), cancellation));
                    }
                });
                string table = Table(scores);
                Console.WriteLine(table);
                if (parsed.GetValue(document) is { Length: > 0 } path)
                {
                    Replace(path, table);
                }
            },
            cancellation));
        return command;
    }

    // One line a variant; F1 / average precision for each family, then the means.
    private static string Table(List<VariantScore> scores)
    {
        string[] families = [.. scores.Select(static score => score.Family).Distinct()];
        List<string> lines =
        [
            $"| variant | {string.Join(" | ", families)} | mean F1 | mean PR-AUC | mean log loss | mean calibration error |",
            $"| --- |{string.Concat(families.Select(static _ => " --- |"))} --- | --- | --- | --- |",
        ];
        foreach (IGrouping<string, VariantScore> variant in scores.GroupBy(static score => score.Variant))
        {
            VariantScore[] known = [.. variant.Where(static score => double.IsFinite(score.F1) && double.IsFinite(score.PrAuc))];
            string cells = string.Join(" | ", families.Select(family => Cell(variant.Single(score => score.Family == family))));
            lines.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"| {variant.Key} | {cells} | {known.Average(static s => s.F1):F3} | {known.Average(static s => s.PrAuc):F3} | {known.Average(static s => s.LogLoss):F3} | {known.Average(static s => s.CalibrationError):F3} |"));
        }

        return string.Join('\n', lines);
    }

    private static string Cell(VariantScore score) => string.Create(CultureInfo.InvariantCulture, $"{score.F1:F2} / {score.PrAuc:F2}");

    private static void Replace(string path, string table)
    {
        const string Begin = "<!-- variants -->";
        const string End = "<!-- /variants -->";
        string text = File.ReadAllText(path);
        int from = text.IndexOf(Begin, StringComparison.Ordinal);
        int to = text.IndexOf(End, StringComparison.Ordinal);
        if (from < 0 || to < from)
        {
            throw new InvalidDataException($"{path} has no marks {Begin} and {End}.");
        }

        File.WriteAllText(path, $"{text[..(from + Begin.Length)]}\n{table}\n{text[to..]}");
    }
}
