using U2CMigration.Prediction.Networks;

namespace U2CMigration.Prediction.Attention;

/// <summary>The sizes of the model, and the names of its weights.</summary>
internal static class AttentionShape
{
    /// <summary>The name of the model in weight files.</summary>
    public const string Model = "attention";

    /// <summary>Width of a token.</summary>
    public const int Width = 16;

    /// <summary>Heads of the attention; each sees whole tokens.</summary>
    public const int Heads = 2;

    /// <summary>Width of the hidden layers.</summary>
    public const int Hidden = 32;

    /// <summary>Outputs: one for each horizon.</summary>
    public const int Outputs = Predictors.PagePrediction.Horizons;

    /// <summary>Inputs of a token of the page's own.</summary>
    public const int Own = (2 * LaneInputs.Reach) + 1 + LaneInputs.OtherFeatures;

    /// <summary>Inputs of a token that all pages have in common.</summary>
    public const int Common = RoundContext.TokenFeatures;

    /// <summary>Inputs of the summary.</summary>
    public const int Summary = PageSummary.Features;

    /// <summary>Inputs of the summary that all pages have in common.</summary>
    public const int CommonSummary = RoundContext.SummaryFeatures;

    /// <summary>Inputs of the second hidden layer.</summary>
    public const int Joined = Hidden + (Heads * Width);

    /// <summary>Scores are divided by the square root of the width.</summary>
    public const float ScoreScale = 0.25f;

    /// <summary>The names and shapes of the weights.</summary>
    public static IReadOnlyList<(string Name, int[] Shape)> Tensors { get; } =
    [
        ("token.own", [Width, Own]),
        ("token.common", [Width, Common]),
        ("token.position", [PageInput.Window, Width]),
        ("summary.own", [Hidden, Summary]),
        ("summary.common", [Hidden, CommonSummary]),
        ("summary.bias", [Hidden]),
        ("query.weight", [Heads * Width, Hidden]),
        ("query.bias", [Heads * Width]),
        ("joined.weight", [Hidden, Joined]),
        ("joined.bias", [Hidden]),
        ("output.weight", [Outputs, Hidden]),
        ("output.direct", [Outputs, Summary]),
        ("output.bias", [Outputs]),
    ];

    /// <summary>The weights of a set in the order of <see cref="Tensors"/>, checked.</summary>
    public static float[][] Values(WeightSet weights)
    {
        if (weights.Model != Model)
        {
            throw new WeightFormatException($"These are weights of a model '{weights.Model}'; this one is '{Model}'.");
        }

        return [.. Tensors.Select(tensor => weights.Get(tensor.Name, tensor.Shape))];
    }
}
