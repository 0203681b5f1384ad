using System.CommandLine;
using System.Text.Json;
using Spectre.Console;

namespace PredictionEvaluation;

/// <summary><c>prediction</c>: every predictor on every trace, learned ones trained without the family that they are judged by.</summary>
public static class PredictionCommand
{
    public static Command Create()
    {
        var traces = new Option<DirectoryInfo>("--traces") { Description = "The folder with the traces.", DefaultValueFactory = _ => new DirectoryInfo("data/traces") };
        var weights = new Option<DirectoryInfo>("--weights") { Description = "The folder with the weights trained without a family.", DefaultValueFactory = _ => new DirectoryInfo("data/weights") };
        var json = new Option<FileInfo?>("--json") { Description = "Write all rows to this file." };
        var document = new Option<FileInfo?>("--document") { Description = "Put the tables between the markers of this file." };
        var rows = new Option<FileInfo?>("--rows") { Description = "Take the rows from this file of an earlier run instead of running anything." };
        var only = new Option<string?>("--only") { Description = "Only traces whose name contains this." };
        var command = new Command("prediction", "F1, precision-recall and calibration of all predictors, side by side.") { traces, weights, json, rows, document, only };
        command.SetAction((parsed, cancellationToken) => parsed.GetValue(rows) is { } earlier ? ShowAsync(earlier, parsed.GetValue(document)) : RunAsync(
            parsed.GetRequiredValue(traces), new HeldOutWeights(parsed.GetRequiredValue(weights)), parsed.GetValue(json), parsed.GetValue(document), parsed.GetValue(only) ?? "", cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(
        DirectoryInfo folder, HeldOutWeights weights, FileInfo? json, FileInfo? document, string only, CancellationToken cancellationToken)
    {
        IReadOnlyList<EvaluatedTrace> traces = [.. EvaluatedTrace.LoadAll(folder, only), .. EvaluatedTrace.Synthetic().Where(trace => trace.Family.Contains(only, StringComparison.Ordinal))];
        if (traces.Count == 0)
        {
            AnsiConsole.MarkupLineInterpolated($"[red]There are no traces in {folder.FullName}: record some with eng/record-traces.sh.[/]");
            return 1;
        }

        IReadOnlyList<EvaluationRow> rows = await AnsiConsole.Progress().AutoClear(true)
            .StartAsync(progress => TraceRuns.RunAsync(traces, weights, progress.AddTask("traces", maxValue: traces.Count), cancellationToken));
        Tables.Write(AnsiConsole.Console, rows);
        if (json is not null)
        {
            await File.WriteAllTextAsync(json.FullName, JsonSerializer.Serialize(new Report(rows), EvaluationRow.Json), cancellationToken);
        }

        if (document is not null)
        {
            MarkdownReport.Insert(document.FullName, rows);
        }

        return 0;
    }

    private static async Task<int> ShowAsync(FileInfo earlier, FileInfo? document)
    {
        await using FileStream file = earlier.OpenRead();
        IReadOnlyList<EvaluationRow> rows = (await JsonSerializer.DeserializeAsync<Report>(file, EvaluationRow.Json))?.Rows ?? [];
        Tables.Write(AnsiConsole.Console, rows);
        if (document is not null)
        {
            MarkdownReport.Insert(document.FullName, rows);
        }

        return 0;
    }

    private sealed record Report(IReadOnlyList<EvaluationRow> Rows);
}
