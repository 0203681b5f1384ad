using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Spectre.Console;
using U2CMigration.Prediction.Traces;
using U2CMigration.Strategy.Strategies;

namespace PredictionEvaluation.Strategies;

/// <summary><c>strategies</c>: every strategy replayed on every trace, against the clairvoyant bound.</summary>
public static class StrategiesCommand
{
    private const int WidthOfFiles = 160;

    public static Command Create()
    {
        var traces = new Option<DirectoryInfo>("--traces") { Description = "The folder with the traces.", DefaultValueFactory = _ => new DirectoryInfo("data/traces") };
        var json = new Option<FileInfo?>("--json") { Description = "Write all rows to this file." };
        var document = new Option<FileInfo?>("--document") { Description = "Put the summary between the markers of this file." };
        var only = new Option<string>("--only") { Description = "Only traces whose name contains this.", DefaultValueFactory = _ => "" };
        var names = new Option<string>("--strategies") { Description = "Strategies, by commas.", DefaultValueFactory = _ => string.Join(',', MigrationStrategies.Names) };
        var copies = new Option<string>("--copies") { Description = "How often traces are repeated to make larger containers, by commas.", DefaultValueFactory = _ => "1" };
        var again = new Option<double>("--again-share") { Description = "What a page that is sent again costs through the codec, as a share of a page.", DefaultValueFactory = _ => 0.125 };
        var command = new Command("strategies", "Replays the traces under every strategy, and compares with what one who knows the future could do.") { traces, json, document, only, names, copies, again };
        command.SetAction((parsed, cancellationToken) =>
        {
            string pattern = parsed.GetRequiredValue(only);
            DirectoryInfo folder = parsed.GetRequiredValue(traces);
            FileInfo[] files = folder.Exists ? [.. folder.EnumerateFiles("*.u2ctrace").Where(file => file.Name.Contains(pattern, StringComparison.Ordinal)).OrderBy(static file => file.Name, StringComparer.Ordinal)] : [];
            int[] times = [.. parsed.GetRequiredValue(copies).Split(',').Select(static text => int.Parse(text, CultureInfo.InvariantCulture))];
            Scenario[] scenarios = [.. files.SelectMany(file => ScenarioSet.Of(Path.GetFileNameWithoutExtension(file.Name), TraceReader.Read(file.FullName), times, parsed.GetValue(again)))];
            return RunAsync(scenarios, parsed.GetRequiredValue(names).Split(','), parsed.GetValue(json), parsed.GetValue(document), cancellationToken);
        });
        return command;
    }

    private static async Task<int> RunAsync(Scenario[] scenarios, string[] strategies, FileInfo? json, FileInfo? document, CancellationToken cancellationToken)
    {
        if (scenarios.Length == 0)
        {
            AnsiConsole.MarkupLine("[red]There are no such traces: record some with eng/record-traces.sh.[/]");
            return 1;
        }

        if (Console.IsOutputRedirected)
        {
            AnsiConsole.Profile.Width = WidthOfFiles;
        }

        long start = Stopwatch.GetTimestamp();
        IReadOnlyList<StrategyRow> rows = await AnsiConsole.Progress().AutoClear(true)
            .StartAsync(progress => RunAsync(scenarios, strategies, progress.AddTask("scenarios", maxValue: scenarios.Length), cancellationToken));
        var summary = new StrategySummary(rows);
        foreach (SummaryTable table in summary.Tables)
        {
            AnsiConsole.Write(table.ToConsole());
        }

        AnsiConsole.MarkupLineInterpolated($"{rows.Count:N0} migrations in {scenarios.Length} scenarios in {Stopwatch.GetElapsedTime(start).TotalSeconds:N0} s.");
        if (json is not null)
        {
            await File.WriteAllTextAsync(json.FullName, JsonSerializer.Serialize(new { rows }, StrategyRow.Json), cancellationToken);
        }

        if (document is not null)
        {
            MarkdownSection.Insert(document.FullName, "strategies", string.Concat(summary.Tables.Select(static table => table.ToMarkdown())));
        }

        return 0;
    }

    private static async Task<IReadOnlyList<StrategyRow>> RunAsync(Scenario[] scenarios, IReadOnlyList<string> strategies, ProgressTask progress, CancellationToken cancellationToken)
    {
        var rows = new StrategyRow[scenarios.Length][];
        var parallel = new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = Environment.ProcessorCount };
        await Parallel.ForAsync(0, scenarios.Length, parallel, (i, _) =>
        {
            rows[i] = [.. scenarios[i].Run(strategies)];
            progress.Increment(1);
            return ValueTask.CompletedTask;
        });
        return [.. rows.SelectMany(static some => some)];
    }
}
