using TorchSharp;
using U2CMigration.Prediction.Predictors;
using U2CMigration.Prediction.Torch.Examples;
using U2CMigration.Prediction.Torch.Models;
using U2CMigration.Prediction.Torch.Training;
using U2CMigration.Prediction.Traces;
using static TorchSharp.torch;

namespace U2CMigration.Prediction.Torch.Comparison;

/// <summary>Trains the shipped model with inputs taken away, the paper's model and the LSTM on the same pages, and scores them: what each kind of input is worth.</summary>
public static class ModelComparison
{
    private const int BatchGroups = 64;

    /// <summary>The names of the variants, in the order of their training.</summary>
    public static IReadOnlyList<string> Variants => [.. ModelVariant.All.Select(static variant => variant.Name)];

    /// <summary>Trains one variant on the earlier part of all traces and scores it on the later part of each family.</summary>
    /// <param name="variant">One of <see cref="Variants"/>.</param>
    /// <param name="traces">The traces.</param>
    /// <param name="imagined">How many made-up containers to learn from besides.</param>
    /// <param name="pages">Unstable pages taken from a round, at most.</param>
    /// <param name="heldOut">Whether to train once for each family, without it.</param>
    /// <param name="options">How to train.</param>
    /// <param name="progress">Told now and then.</param>
    /// <param name="cancellation">Stops at the next batch.</param>
    /// <exception cref="PlatformNotSupportedException">TorchSharp does not load here.</exception>
    public static IReadOnlyList<VariantScore> Score(
        string variant,
        IReadOnlyList<PageTrace> traces,
        int imagined,
        int pages,
        bool heldOut,
        TrainingOptions options,
        IProgress<TrainingProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(traces);
        ArgumentNullException.ThrowIfNull(options);
        ModelVariant chosen = ModelVariant.All.Single(candidate => candidate.Name == variant);
        TrainingSet set = new(new ExampleOptions { Selection = chosen.Selection, Seed = options.Seed, UnstablePages = pages, StablePages = pages / 4 });
        foreach (PageTrace trace in traces)
        {
            set.Add(trace);
        }

        set.AddImagined(imagined);
        List<VariantScore> scores = [];
        string?[] left = heldOut ? [.. set.Families] : [null];
        foreach (string? without in left)
        {
            TorchRuntime.Prepare(options.Seed, threads: 1);
            using DisposeScope scope = NewDisposeScope();
            using PageModel model = chosen.Create(options);
            new ModelTrainer(options).Train(model, set.Training(without), set.Validation(without), 0, variant, progress, cancellation);
            scores.AddRange(set.Families.Where(family => without is null || family == without)
                .Select(family => Score(model, variant, family, heldOut, set.ValidationOf(family))));
        }

        return scores;
    }

    private static VariantScore Score(PageModel model, string variant, string family, bool heldOut, List<ExampleGroup> examples)
    {
        model.eval();
        using IDisposable noGradients = no_grad();
        BatchBuffers buffers = new(BatchGroups);
        ScoreCounter counter = new();
        foreach (int[] groups in Enumerable.Range(0, examples.Count).Chunk(BatchGroups))
        {
            using ModelBatch batch = new(buffers, examples, groups);
            using Tensor logits = model.call(batch);
            using Tensor probabilities = logits.sigmoid();
            Count(counter, examples, groups, probabilities.data<float>().ToArray());
        }

        return new VariantScore(variant, family, heldOut, counter.Count, counter.LogLoss(), counter.F1(), counter.PrAuc(), counter.CalibrationError());
    }

    private static void Count(ScoreCounter counter, List<ExampleGroup> examples, int[] groups, float[] probabilities)
    {
        for (int i = 0; i < groups.Length * ExampleGroup.Size; i++)
        {
            ExampleGroup group = examples[groups[i / ExampleGroup.Size]];
            int lane = i % ExampleGroup.Size;
            bool stable = (group.Pages[lane].Dirty & 7) is 0 or 7;
            if (!stable && group.Weights[lane] > 0)
            {
                counter.Add(probabilities[i * PagePrediction.Horizons], group.Targets[lane] > 0.5f);
            }
        }
    }
}
