using System.CommandLine;
using System.Globalization;
using U2CMigration.PageTracking.Pages;
using U2CMigration.Prediction.Attention;
using U2CMigration.Prediction.Histories;
using U2CMigration.Prediction.Predictors;
using U2CMigration.Prediction.Torch.Comparison;

namespace ModelTraining;

/// <summary>Measures the prediction without TorchSharp against the same model through TorchSharp, on the same pages, in one run.</summary>
internal static class SpeedCommand
{
    private const ulong Base = 0x7000_0000_0000;
    private const int Samples = 40;

    public static Command Create()
    {
        Option<int> pages = new("--pages") { Description = "Pages of the container.", DefaultValueFactory = _ => 1 << 20 };
        Option<double> share = new("--unstable") { Description = "Share of them that changes.", DefaultValueFactory = _ => 0.05 };
        Option<int> repeats = new("--repeats") { Description = "Repetitions; medians are printed.", DefaultValueFactory = _ => 15 };
        Option<string?> traces = new("--traces") { Description = "Measure the unstable pages of each trace in this folder instead." };
        Command command = new("speed", "Measures prediction without TorchSharp against the same model through TorchSharp.") { pages, share, repeats, traces };
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(traces) is { } folder)
            {
                RecordedSpeeds.Measure(folder, parsed.GetValue(repeats));
            }
            else
            {
                Measure(parsed.GetValue(pages), parsed.GetValue(share), parsed.GetValue(repeats));
            }
        });
        return command;
    }

    // Pages that change do so at random, each at a rate of its own: hardly two inputs are equal, the worst case.
    private static void Measure(int pages, double share, int repeats)
    {
        Random random = new(1);
        bool[] changing = [.. Enumerable.Range(0, pages).Select(_ => random.NextDouble() < share)];
        PageHistories histories = new();
        AttentionPredictor predictor = new();
        for (int sample = 0; sample < Samples; sample++)
        {
            PageSet dirty = new();
            for (int page = 0; page < pages; page++)
            {
                if (sample == 0 || (changing[page] && random.NextDouble() < 0.1 + (page % 8 * 0.1)))
                {
                    Add(dirty, page);
                }
            }

            histories.Observe(dirty, null, TimeSpan.FromMilliseconds(250));
            predictor.Learn(histories);
        }

        PageSet candidates = new();
        for (int page = 0; page < pages; page++)
        {
            if (changing[page])
            {
                Add(candidates, page);
            }
        }

        PagePrediction prediction = new();
        prediction.Prepare(histories, candidates);
        InferenceSpeed speed = InferenceSpeed.Measure(histories, predictor, prediction, repeats);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{speed.Pages} pages of {pages}, {speed.Evaluated} different inputs: {speed.Lean.TotalMilliseconds:F1} ms from histories to probabilities; "
            + $"through TorchSharp {speed.Torch.TotalMilliseconds:F1} ms ({speed.Times:F1} times as long), of which the forward pass takes "
            + $"{speed.TorchForward.TotalMilliseconds:F1} ms; largest difference of a probability {speed.LargestDifference:E1}"));
    }

    private static void Add(PageSet set, int page) =>
        set.Add(1, Base + ((ulong)page << PageSize.Shift), Base + ((ulong)(page + 1) << PageSize.Shift));
}
