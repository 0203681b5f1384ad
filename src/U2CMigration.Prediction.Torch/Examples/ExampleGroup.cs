using U2CMigration.Prediction.Attention;
using U2CMigration.Prediction.Predictors;

namespace U2CMigration.Prediction.Torch.Examples;

/// <summary>16 pages of one round and what they did in the three samples after it.</summary>
internal sealed class ExampleGroup(RoundContext round, int source)
{
    /// <summary>How many pages.</summary>
    public const int Size = LaneInputs.Lanes;

    /// <summary>The inputs that they have in common.</summary>
    public RoundContext Round { get; } = round;

    /// <summary>The index of the trace that they come from.</summary>
    public int Source { get; } = source;

    /// <summary>The pages.</summary>
    public PageInput[] Pages { get; } = new PageInput[Size];

    /// <summary>Written or not, <c>[Horizons, Size]</c>.</summary>
    public float[] Targets { get; } = new float[PagePrediction.Horizons * Size];

    /// <summary>1, or 0 where the page was not looked at or the trace ended before; <c>[Horizons, Size]</c>.</summary>
    public float[] Weights { get; } = new float[PagePrediction.Horizons * Size];
}
