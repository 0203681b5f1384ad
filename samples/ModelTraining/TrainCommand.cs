using System.CommandLine;
using Spectre.Console;
using U2CMigration.Prediction.Networks;
using U2CMigration.Prediction.Torch.Training;
using U2CMigration.Prediction.Traces;

namespace ModelTraining;

/// <summary>Trains the shipped weights, and those that never saw one family.</summary>
internal static class TrainCommand
{
    public static Command Create()
    {
        Option<string> traces = new("--traces") { Description = "Folder of the traces.", DefaultValueFactory = _ => Path.Combine(Repository.Find(), "data", "traces") };
        Option<string> shipped = new("--shipped") { Description = "Folder for the weights that ship.", DefaultValueFactory = _ => Path.Combine(Repository.Find(), "src", "U2CMigration.Prediction", "Weights") };
        Option<string> heldOut = new("--held-out") { Description = "Folder for the weights that never saw one family.", DefaultValueFactory = _ => Path.Combine(Repository.Find(), "data", "weights") };
        Option<string[]> models = new("--models") { Description = "Which models.", DefaultValueFactory = _ => [.. WeightTraining.Models], AllowMultipleArgumentsPerToken = true };
        Option<bool> shippedOnly = new("--shipped-only") { Description = "Only the weights that ship." };
        Option<int> seed = new("--seed") { Description = "The seed of everything.", DefaultValueFactory = _ => 1 };
        Option<int> imagined = new("--imagined") { Description = "How many made-up containers to learn from besides.", DefaultValueFactory = _ => TrainingSet.UsualImagined };
        Option<int> epochs = new("--epochs") { Description = "Passes over the examples, at most.", DefaultValueFactory = _ => new TrainingOptions().Epochs };
        Command command = new("train", "Trains the shipped weights, and for each family of traces weights that never saw it.") { traces, shipped, heldOut, models, shippedOnly, seed, imagined, epochs };
        command.SetAction((parsed, cancellation) => Task.Run(() => Train(parsed, cancellation), cancellation));
        return command;

        void Train(ParseResult parsed, CancellationToken cancellation)
        {
            TrainingSet set = new(parsed.GetValue(seed));
            foreach (string file in TraceFiles.In(parsed.GetValue(traces)!))
            {
                set.Add(TraceReader.Read(file));
            }

            set.AddImagined(parsed.GetValue(imagined));
            AnsiConsole.MarkupLineInterpolated($"{set.Count:N0} examples of {string.Join(", ", set.Families)}");
            TrainingOptions options = new() { Seed = parsed.GetValue(seed), Epochs = parsed.GetValue(epochs) };
            ProgressBars.Run(start =>
            {
                foreach (string model in parsed.GetValue(models)!)
                {
                    Save(parsed.GetValue(shipped)!, model, WeightTraining.Train(model, set, null, options, start(model), cancellation));
                    foreach (string family in parsed.GetValue(shippedOnly) ? [] : set.Families)
                    {
                        string name = $"{model}-without-{family}";
                        Save(parsed.GetValue(heldOut)!, name, WeightTraining.Train(model, set, family, options, start(name), cancellation));
                    }
                }
            });
        }
    }

    private static void Save(string folder, string name, WeightSet weights)
    {
        Directory.CreateDirectory(folder);
        using FileStream file = File.Create(Path.Combine(folder, name + ".u2cweights"));
        WeightFile.Write(file, weights);
    }
}
