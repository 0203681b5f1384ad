using System.Globalization;
using TorchSharp;
using U2CMigration.Prediction.Attention;
using U2CMigration.Prediction.Networks;
using U2CMigration.Prediction.Recurrent;
using U2CMigration.Prediction.Torch.Models;
using static TorchSharp.torch;

namespace U2CMigration.Prediction.Torch.Training;

/// <summary>Trains the models that the packages ship weights for.</summary>
public static class WeightTraining
{
    /// <summary>Their names: <c>attention</c> and <c>lstm</c>.</summary>
    public static IReadOnlyList<string> Models { get; } = [AttentionShape.Model, LstmShape.Model];

    /// <summary>Trains one. The same examples, options and machine give the same weights.</summary>
    /// <param name="model">One of <see cref="Models"/>.</param>
    /// <param name="examples">The examples.</param>
    /// <param name="without">A family to leave out, so that it can be predicted as one never seen; null for none.</param>
    /// <param name="options">How.</param>
    /// <param name="progress">Told now and then.</param>
    /// <param name="cancellation">Stops at the next batch.</param>
    /// <exception cref="PlatformNotSupportedException">TorchSharp does not load here.</exception>
    /// <exception cref="ArgumentException">There is no such model, or no example is left.</exception>
    /// <exception cref="InvalidOperationException">The loss became no number; there are no weights.</exception>
    public static WeightSet Train(
        string model,
        TrainingSet examples,
        string? without,
        TrainingOptions options,
        IProgress<TrainingProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(examples);
        ArgumentNullException.ThrowIfNull(options);
        if (examples.Training(without).Count == 0)
        {
            throw new ArgumentException($"There are no examples{(without is null ? "" : $" without family '{without}'")}: add traces with pages that change.", nameof(examples));
        }

        // More threads give a model this small nothing, and wait for each other on a busy machine.
        TorchRuntime.Prepare(options.Seed, threads: 1);
        using DisposeScope scope = NewDisposeScope();
        using PageModel network = Create(model, options);
        string description = string.Create(
            CultureInfo.InvariantCulture,
            $"trained on {string.Join(", ", examples.Families.Where(family => family != without))}; seed {options.Seed}");
        int settings = model == AttentionShape.Model ? (int)examples.Selection : 0;
        return new ModelTrainer(options).Train(network, examples.Training(without), examples.Validation(without), settings, description, progress, cancellation);
    }

    private static PageModel Create(string model, TrainingOptions options) => model switch
    {
        AttentionShape.Model => new AttentionModel(options.CommonDropout),
        LstmShape.Model => new LstmModel(),
        _ => throw new ArgumentException($"There is no model '{model}'; there are {string.Join(" and ", Models)}.", nameof(model)),
    };
}
