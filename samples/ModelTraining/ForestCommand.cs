using System.CommandLine;
using Spectre.Console;
using U2CMigration.Prediction.Forests;
using U2CMigration.Prediction.Histories;
using U2CMigration.Prediction.Networks;
using U2CMigration.Prediction.Traces;

namespace ModelTraining;

/// <summary>Grows the forest that ships, which the peer strategy <c>mbdpc</c> predicts with.</summary>
internal static class ForestCommand
{
    private const int PagesPerTrace = 40_000;

    public static Command Create()
    {
        Option<string> traces = new("--traces") { Description = "Folder of the traces.", DefaultValueFactory = _ => Path.Combine(Repository.Find(), "data", "traces") };
        Option<string> shipped = new("--shipped") { Description = "Folder for the weights that ship.", DefaultValueFactory = _ => Path.Combine(Repository.Find(), "src", "U2CMigration.Prediction", "Weights") };
        Option<int> seed = new("--seed") { Description = "The seed of everything.", DefaultValueFactory = _ => 1 };
        Command command = new("forest", "Grows the random forest that ships. Needs no TorchSharp.") { traces, shipped, seed };
        command.SetAction(parsed =>
        {
            IReadOnlyList<PageTrace> all = TraceFiles.ReadAll(parsed.GetValue(traces)!);
            RandomForest forest = Grow(all, parsed.GetValue(seed));
            string path = Path.Combine(parsed.GetValue(shipped)!, RandomForest.Model + ".u2cweights");
            using FileStream file = File.Create(path);
            WeightFile.Write(file, forest.ToWeights($"{forest.Trees} trees grown on {all.Count} traces of {string.Join(", ", all.Select(static trace => trace.Header.Family).Distinct())}, seed {parsed.GetValue(seed)}"));
            AnsiConsole.MarkupLineInterpolated($"{forest.Trees} trees, {file.Length:N0} bytes: {path}");
        });
        return command;
    }

    private static RandomForest Grow(IReadOnlyList<PageTrace> traces, int seed)
    {
        RandomForestTrainer trainer = new(seed);
        foreach (PageTrace trace in traces)
        {
            PageHistories histories = new();
            foreach (TraceSample sample in trace.Samples)
            {
                histories.Observe(sample);
                trainer.Collect(histories, PagesPerTrace / trace.Samples.Count);
            }
        }

        return trainer.Train();
    }
}
