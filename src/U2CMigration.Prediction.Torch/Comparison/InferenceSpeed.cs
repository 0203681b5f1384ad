using System.Diagnostics;
using System.Numerics;
using TorchSharp;
using U2CMigration.Prediction.Attention;
using U2CMigration.Prediction.Histories;
using U2CMigration.Prediction.Networks;
using U2CMigration.Prediction.Predictors;
using U2CMigration.Prediction.Torch.Examples;
using U2CMigration.Prediction.Torch.Models;
using static TorchSharp.torch;

namespace U2CMigration.Prediction.Torch.Comparison;

/// <summary>What a prediction costs without TorchSharp, and what the same model costs through TorchSharp on the same pages. Times are medians.</summary>
/// <param name="Pages">How many pages were predicted.</param>
/// <param name="Evaluated">How many different inputs they had.</param>
/// <param name="Lean">The whole prediction, from the histories to probabilities.</param>
/// <param name="Torch">The whole prediction with the forward pass through TorchSharp, in batches of its best size of those tried.</param>
/// <param name="TorchForward">What of it the forward pass alone takes, its inputs ready as tensors.</param>
/// <param name="LargestDifference">The largest difference between the probabilities of both.</param>
public sealed record InferenceSpeed(int Pages, int Evaluated, TimeSpan Lean, TimeSpan Torch, TimeSpan TorchForward, double LargestDifference)
{
    private const int WarmUps = 30;

    private static readonly int[] BatchGroups = [64, 256, 1024];

    /// <summary>Measures with two threads each.</summary>
    /// <param name="histories">The histories.</param>
    /// <param name="learned">A predictor that learned them sample by sample.</param>
    /// <param name="prediction">Holds the candidates.</param>
    /// <param name="repeats">How often.</param>
    /// <exception cref="PlatformNotSupportedException">TorchSharp does not load here.</exception>
    public static InferenceSpeed Measure(PageHistories histories, AttentionPredictor learned, PagePrediction prediction, int repeats)
    {
        ArgumentNullException.ThrowIfNull(histories);
        ArgumentNullException.ThrowIfNull(learned);
        ArgumentNullException.ThrowIfNull(prediction);
        TorchRuntime.Prepare(threads: 2);
        TimeSpan lean = Median(repeats, () => learned.Predict(histories, prediction));
        List<ExampleGroup> groups = Collect(histories, learned.Round, prediction);
        using DisposeScope scope = NewDisposeScope();
        using AttentionModel model = new();
        model.Load(WeightSet.Shipped(AttentionShape.Model));
        model.eval();
        using IDisposable noGradients = no_grad();
        (TimeSpan torch, TimeSpan forward) = BatchGroups.Select(size => TorchTime(model, () => Collect(histories, learned.Round, prediction), size, repeats)).Min();
        return new InferenceSpeed((int)prediction.CandidateCount, learned.EvaluatedCount, lean, torch, forward, DifferenceFrom(model, groups, prediction));
    }

    // The whole, and what of it the forward pass takes.
    private static (TimeSpan Whole, TimeSpan Forward) TorchTime(AttentionModel model, Func<List<ExampleGroup>> collect, int size, int repeats)
    {
        BatchBuffers buffers = new(size);
        List<TimeSpan> forward = [];
        TimeSpan whole = Median(repeats, () =>
        {
            long ticks = 0;
            List<ExampleGroup> groups = collect();
            foreach (int[] chosen in Enumerable.Range(0, groups.Count).Chunk(size))
            {
                using ModelBatch batch = new(buffers, groups, chosen);
                long start = Stopwatch.GetTimestamp();
                using Tensor logits = model.call(batch);
                using Tensor probabilities = logits.sigmoid();
                ticks += Stopwatch.GetTimestamp() - start;
                probabilities.data<float>().ToArray();
            }

            forward.Add(Stopwatch.GetElapsedTime(0, ticks));
        });
        return (whole, MedianOf(forward[^repeats..]));
    }

    // The candidates in order, the last group filled up with empty pages.
    private static List<ExampleGroup> Collect(PageHistories histories, RoundContext round, PagePrediction prediction)
    {
        List<ExampleGroup> groups = [];
        InputReader reader = new(InputSelection.All);
        int count = 0;
        for (int block = 0; block < prediction.Blocks.Count; block++)
        {
            reader.Open(histories, prediction.Blocks[block].Chunk);
            foreach (int page in PagesOf(prediction, block))
            {
                if (count % ExampleGroup.Size == 0)
                {
                    groups.Add(new ExampleGroup(round, 0));
                }

                reader.Read(page, out groups[^1].Pages[count++ % ExampleGroup.Size]);
            }
        }

        return groups;
    }

    private static double DifferenceFrom(AttentionModel model, List<ExampleGroup> groups, PagePrediction prediction)
    {
        const int Size = 256;
        BatchBuffers buffers = new(Size);
        List<float> torch = [];
        foreach (int[] chosen in Enumerable.Range(0, groups.Count).Chunk(Size))
        {
            using ModelBatch batch = new(buffers, groups, chosen);
            using Tensor logits = model.call(batch);
            using Tensor probabilities = logits.sigmoid();
            torch.AddRange(probabilities.data<float>());
        }

        double largest = 0;
        int count = 0;
        for (int block = 0; block < prediction.Blocks.Count; block++)
        {
            foreach (int page in PagesOf(prediction, block))
            {
                for (int horizon = 0; horizon < PagePrediction.Horizons; horizon++)
                {
                    largest = Math.Max(largest, Math.Abs(torch[(count * PagePrediction.Horizons) + horizon] - prediction.Probabilities(block, horizon)[page]));
                }

                count++;
            }
        }

        return largest;
    }

    private static List<int> PagesOf(PagePrediction prediction, int block)
    {
        List<int> pages = [];
        ReadOnlySpan<ulong> candidates = prediction.Candidates(block);
        for (int word = 0; word < candidates.Length; word++)
        {
            for (ulong rest = candidates[word]; rest != 0; rest &= rest - 1)
            {
                pages.Add((word * 64) + BitOperations.TrailingZeroCount(rest));
            }
        }

        return pages;
    }

    private static TimeSpan Median(int repeats, Action action)
    {
        // Enough for the compiler to have finished with it.
        for (int i = 0; i < WarmUps; i++)
        {
            action();
        }

        long[] ticks = new long[repeats];
        for (int i = 0; i < repeats; i++)
        {
            long start = Stopwatch.GetTimestamp();
            action();
            ticks[i] = Stopwatch.GetElapsedTime(start).Ticks;
        }

        return MedianOf([.. ticks.Select(static some => new TimeSpan(some))]);
    }

    private static TimeSpan MedianOf(List<TimeSpan> times) => times.Order().ElementAt(times.Count / 2);
}
