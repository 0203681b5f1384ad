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
        var diagram = new Option<FileInfo?>("--reliability") { Description = "Draw the reliability diagram of the two-phase predictor to this PNG file." };
        var rows = new Option<FileInfo?>("--rows") { Description = "Take the rows from this file of an earlier run instead of running anything." };
        var only = new Option<string?>("--only") { Description = "Only traces whose name contains this." };
        var names = new Option<string?>("--predictors") { Description = "Only these predictors, by commas." };
        var command = new Command("prediction", "F1, precision-recall and calibration of all predictors, side by side.") { traces, weights, json, rows, document, diagram, only, names };
        command.SetAction((parsed, cancellationToken) => parsed.GetValue(rows) is { } earlier ? ShowAsync(earlier, new Outputs(null, parsed.GetValue(document), parsed.GetValue(diagram))) : RunAsync(
            parsed.GetRequiredValue(traces), new HeldOutWeights(parsed.GetRequiredValue(weights)), new Outputs(parsed.GetValue(json), parsed.GetValue(document), parsed.GetValue(diagram)),
            parsed.GetValue(only) ?? "", parsed.GetValue(names)?.Split(',') ?? [], cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(
        DirectoryInfo folder, HeldOutWeights weights, Outputs outputs, string only, string[] names, CancellationToken cancellationToken)
    {
        IReadOnlyList<EvaluatedTrace> traces = [.. EvaluatedTrace.LoadAll(folder, only), .. EvaluatedTrace.Synthetic().Where(trace => trace.Family.Contains(only, StringComparison.Ordinal))];
        if (traces.Count == 0)
        {
            AnsiConsole.MarkupLineInterpolated($"[red]There are no traces in {folder.FullName}: record some with eng/record-traces.sh.[/]");
            return 1;
        }

        IReadOnlyList<EvaluationRow> rows = await AnsiConsole.Progress().AutoClear(true).StartAsync(async progress =>
        {
            ProgressTask without = progress.AddTask("trained without the family", maxValue: traces.Count);
            ProgressTask earlier = progress.AddTask("trained on the earlier part", maxValue: traces.Count);
            return (IReadOnlyList<EvaluationRow>)
            [
                .. await TraceRuns.WithoutFamilyAsync(traces, weights, names, without, cancellationToken),
                .. await TraceRuns.OnEarlierPartAsync(traces, names, earlier, cancellationToken),
            ];
        });
        await WriteAsync(rows, outputs);
        return 0;
    }

    private static async Task<int> ShowAsync(FileInfo earlier, Outputs outputs)
    {
        await using FileStream file = earlier.OpenRead();
        await WriteAsync((await JsonSerializer.DeserializeAsync<Report>(file, EvaluationRow.Json))?.Rows ?? [], outputs);
        return 0;
    }

    private static async Task WriteAsync(IReadOnlyList<EvaluationRow> rows, Outputs outputs)
    {
        Tables.Write(AnsiConsole.Console, rows);
        if (outputs.Json is not null)
        {
            await File.WriteAllTextAsync(outputs.Json.FullName, JsonSerializer.Serialize(new Report(rows), EvaluationRow.Json));
        }

        if (outputs.Document is not null)
        {
            MarkdownReport.Insert(outputs.Document.FullName, rows);
        }

        if (outputs.Diagram is not null)
        {
            ReliabilityDiagram.Save(rows, outputs.Diagram.FullName);
        }
    }

    private sealed record Outputs(FileInfo? Json, FileInfo? Document, FileInfo? Diagram);

    private sealed record Report(IReadOnlyList<EvaluationRow> Rows);
}
