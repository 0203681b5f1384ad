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
/// <param name="Times">How many times as long the prediction takes through TorchSharp, the median of the turns, in each of which both took as long.</param>
/// <param name="LargestDifference">The largest difference between the probabilities of both.</param>
public sealed record InferenceSpeed(int Pages, int Evaluated, TimeSpan Lean, TimeSpan Torch, TimeSpan TorchForward, double Times, double LargestDifference)
{
    // Enough for the compiler to have finished with it.
    private const int WarmUps = 15;
    private const int Trials = 5;

    private static readonly TimeSpan Calm = TimeSpan.FromMilliseconds(20);

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
        learned.Predict(histories, prediction);
        using DisposeScope scope = NewDisposeScope();
        using AttentionModel model = new();
        model.Load(WeightSet.Shipped(AttentionShape.Model));
        model.eval();
        using IDisposable noGradients = no_grad();
        Func<List<ExampleGroup>> collect = () => Collect(histories, learned.Round, prediction);
        BatchBuffers best = BatchGroups.Select(static size => new BatchBuffers(size)).MinBy(buffers => Trial(model, collect, buffers))!;
        List<(TimeSpan Lean, TimeSpan Torch, TimeSpan Forward)> times = [];
        for (int i = 0; i < WarmUps + repeats; i++)
        {
            // By turns, and each for as long as the other, so that a machine that gets slower or faster meanwhile does so for both; each once before, so that the cache is its
            // own. The threads of TorchSharp go on spinning for a while.
            TorchTime(model, collect, best);
            (TimeSpan torch, TimeSpan forward) = TorchTime(model, collect, best);
            Thread.Sleep(Calm);
            learned.Predict(histories, prediction);
            times.Add((LeanTime(learned, histories, prediction, torch), torch, forward));
        }

        times.RemoveRange(0, WarmUps);
        return new InferenceSpeed(
            (int)prediction.CandidateCount, learned.EvaluatedCount, MedianOf(times.Select(static one => one.Lean)), MedianOf(times.Select(static one => one.Torch)),
            MedianOf(times.Select(static one => one.Forward)), MedianOf(times.Select(static one => one.Torch / one.Lean)), DifferenceFrom(model, collect(), prediction));
    }

    private static TimeSpan Trial(AttentionModel model, Func<List<ExampleGroup>> collect, BatchBuffers buffers) =>
        MedianOf(Enumerable.Range(0, Trials).Select(_ => TorchTime(model, collect, buffers).Whole));

    // One of as many predictions as take so long.
    private static TimeSpan LeanTime(AttentionPredictor learned, PageHistories histories, PagePrediction prediction, TimeSpan least)
    {
        long start = Stopwatch.GetTimestamp();
        int count = 0;
        do
        {
            learned.Predict(histories, prediction);
            count++;
        }
        while (Stopwatch.GetElapsedTime(start) < least);
        return Stopwatch.GetElapsedTime(start) / count;
    }

    // The whole, and what of it the forward pass takes.
    private static (TimeSpan Whole, TimeSpan Forward) TorchTime(AttentionModel model, Func<List<ExampleGroup>> collect, BatchBuffers buffers)
    {
        long begin = Stopwatch.GetTimestamp();
        TimeSpan forward = TimeSpan.Zero;
        List<ExampleGroup> groups = collect();
        foreach (int[] chosen in Enumerable.Range(0, groups.Count).Chunk(buffers.MostGroups))
        {
            using ModelBatch batch = new(buffers, groups, chosen);
            long start = Stopwatch.GetTimestamp();
            using Tensor logits = model.call(batch);
            using Tensor probabilities = logits.sigmoid();
            forward += Stopwatch.GetElapsedTime(start);
            probabilities.data<float>().ToArray();
        }

        return (Stopwatch.GetElapsedTime(begin), forward);
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

    private static T MedianOf<T>(IEnumerable<T> values)
    {
        T[] ordered = [.. values.Order()];
        return ordered[ordered.Length / 2];
    }
}
