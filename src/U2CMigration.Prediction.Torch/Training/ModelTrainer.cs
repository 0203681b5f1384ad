using TorchSharp;
using U2CMigration.Prediction.Networks;
using U2CMigration.Prediction.Torch.Examples;
using U2CMigration.Prediction.Torch.Models;
using static TorchSharp.torch;

namespace U2CMigration.Prediction.Torch.Training;

/// <summary>Trains a model: shuffled batches, validation after each pass, the best weights kept, early stop.</summary>
internal sealed class ModelTrainer(TrainingOptions options)
{
    private readonly BatchBuffers _buffers = new(options.BatchGroups);

    /// <summary>Trains, and returns the weights with the best validation loss.</summary>
    /// <param name="model">The model.</param>
    /// <param name="training">Examples to learn from.</param>
    /// <param name="validation">Examples to stop by.</param>
    /// <param name="settings">Goes into the weights.</param>
    /// <param name="description">Goes into the weights.</param>
    /// <param name="progress">Told now and then.</param>
    /// <param name="cancellation">Stops at the next batch.</param>
    /// <exception cref="InvalidOperationException">The loss is not a number.</exception>
    public WeightSet Train(
        PageModel model,
        IReadOnlyList<ExampleGroup> training,
        IReadOnlyList<ExampleGroup> validation,
        int settings,
        string description,
        IProgress<TrainingProgress>? progress,
        CancellationToken cancellation)
    {
        using DisposeScope scope = NewDisposeScope();
        Random random = new(options.Seed);
        AdamWeights optimizer = new(model.parameters(), options.WeightDecay);
        int[] order = [.. Enumerable.Range(0, training.Count)];
        WeightSet best = model.Export(settings, description);
        double bestLoss = double.PositiveInfinity;
        double validationLoss = double.NaN;
        int worse = 0;
        for (int epoch = 1; epoch <= options.Epochs && worse < options.Patience; epoch++)
        {
            random.Shuffle(order);
            model.train();
            TrainPass(model, optimizer, training, order, epoch, validationLoss, progress, cancellation);
            validationLoss = Loss(model, validation);
            ThrowIfNotNumber(validationLoss, epoch);
            if (validationLoss < bestLoss)
            {
                (bestLoss, worse) = (validationLoss, 0);
                best = model.Export(settings, $"{description}; epoch {epoch}, validation loss {validationLoss:F4}");
                Checkpoint(best);
            }
            else
            {
                worse++;
            }
        }

        progress?.Report(new TrainingProgress(1, options.Epochs, double.NaN, bestLoss));
        return best;
    }

    /// <summary>The mean loss of a model on examples, in nats.</summary>
    public double Loss(PageModel model, IReadOnlyList<ExampleGroup> examples)
    {
        model.eval();
        using IDisposable noGradients = no_grad();
        double sum = 0;
        double weight = 0;
        foreach (int[] chosen in Enumerable.Range(0, examples.Count).Chunk(options.BatchGroups))
        {
            using ModelBatch batch = new(_buffers, examples, chosen);
            using Tensor logits = model.call(batch);
            using Tensor loss = WeightedLoss(logits, batch);
            using Tensor weights = batch.Weights.sum();
            sum += loss.item<float>() * weights.item<float>();
            weight += weights.item<float>();
        }

        return weight == 0 ? double.PositiveInfinity : sum / weight;
    }

    private void TrainPass(
        PageModel model,
        AdamWeights optimizer,
        IReadOnlyList<ExampleGroup> training,
        int[] order,
        int epoch,
        double validationLoss,
        IProgress<TrainingProgress>? progress,
        CancellationToken cancellation)
    {
        int batches = (order.Length + options.BatchGroups - 1) / options.BatchGroups;
        double sum = 0;
        for (int i = 0; i < batches; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            double fraction = (epoch - 1 + ((double)i / batches)) / options.Epochs;
            int from = i * options.BatchGroups;
            using ModelBatch batch = new(_buffers, training, order.AsSpan(from, Math.Min(options.BatchGroups, order.Length - from)));
            optimizer.Clear();
            using Tensor logits = model.call(batch);
            using Tensor loss = WeightedLoss(logits, batch);
            loss.backward();
            nn.utils.clip_grad_norm_(model.parameters(), 1);
            optimizer.Step(LearningRate(fraction));
            sum += loss.item<float>();
            if (i % 20 == 0)
            {
                progress?.Report(new TrainingProgress(fraction, epoch, sum / (i + 1), validationLoss));
            }
        }
    }

    // No examples at all give infinity, which is no failure of the training.
    private static void ThrowIfNotNumber(double loss, int epoch)
    {
        if (double.IsNaN(loss))
        {
            throw new InvalidOperationException(
                $"The loss is not a number after pass {epoch}: an input of some example is none, or the steps are too large. No weights were written; leave out traces one by one to find which, or lower the learning rate.");
        }
    }

    private double LearningRate(double fraction) => options.LearningRate * (0.05 + (0.95 * 0.5 * (1 + Math.Cos(Math.PI * fraction))));

    private Tensor WeightedLoss(Tensor logits, ModelBatch batch)
    {
        // Tensors where numbers would do: TorchSharp lets the garbage collector free a number while native code reads it.
        using Tensor positive = tensor([options.PositiveWeight]);
        using Tensor one = tensor([1f]);
        using Tensor each = nn.functional.binary_cross_entropy_with_logits(logits, batch.Targets, batch.Weights, nn.Reduction.Sum, positive);
        using Tensor weights = batch.Weights.sum();
        using Tensor some = maximum(weights, one);
        return each / some;
    }

    private void Checkpoint(WeightSet weights)
    {
        if (options.CheckpointFile is not null)
        {
            string partial = options.CheckpointFile + ".partial";
            using (FileStream file = File.Create(partial))
            {
                WeightFile.Write(file, weights);
            }

            File.Move(partial, options.CheckpointFile, overwrite: true);
        }
    }
}
