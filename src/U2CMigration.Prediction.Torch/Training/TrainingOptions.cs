namespace U2CMigration.Prediction.Torch.Training;

/// <summary>How a model is trained.</summary>
public sealed record TrainingOptions
{
    /// <summary>Passes over the examples, at most.</summary>
    /// <value>Default 6.</value>
    public int Epochs { get; init; } = 6;

    /// <summary>Stops after so many passes without a better validation loss.</summary>
    /// <value>Default 2.</value>
    public int Patience { get; init; } = 2;

    /// <summary>Groups of 16 pages in a batch.</summary>
    /// <value>Default 64.</value>
    public int BatchGroups { get; init; } = 64;

    /// <summary>The step of the optimiser at the start; it falls to a twentieth along a cosine.</summary>
    /// <value>Default 0.004.</value>
    public double LearningRate { get; init; } = 0.004;

    /// <summary>How much weights shrink with every step.</summary>
    /// <value>Default 0.01.</value>
    public double WeightDecay { get; init; } = 0.01;

    /// <summary>How often the inputs that all pages have in common are hidden in training.</summary>
    /// <value>Default 0.2.</value>
    public double CommonDropout { get; init; } = 0.2;

    /// <summary>Weight of written pages against others in the loss. Anything but 1 makes probabilities wrong.</summary>
    /// <value>Default 1.</value>
    public float PositiveWeight { get; init; } = 1;

    /// <summary>The seed of the first weights and of the order of the examples.</summary>
    /// <value>Default 1.</value>
    public int Seed { get; init; } = 1;

    /// <summary>Where the best weights so far are kept while training goes on; null for nowhere.</summary>
    /// <value>Default null.</value>
    public string? CheckpointFile { get; init; }
}
