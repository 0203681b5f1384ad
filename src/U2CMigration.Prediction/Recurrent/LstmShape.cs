using U2CMigration.Prediction.Networks;
using U2CMigration.Prediction.Predictors;

namespace U2CMigration.Prediction.Recurrent;

/// <summary>The sizes of the LSTM, and the names of its weights; gates in the order input, forget, cell, output.</summary>
internal static class LstmShape
{
    /// <summary>The name of the model in weight files.</summary>
    public const string Model = "lstm";

    /// <summary>Width of the state.</summary>
    public const int Hidden = 16;

    /// <summary>Rows of the gates' weights.</summary>
    public const int Gates = 4 * Hidden;

    /// <summary>The names and shapes of the weights.</summary>
    public static IReadOnlyList<(string Name, int[] Shape)> Tensors { get; } =
    [
        ("gates.input", [Gates]),
        ("gates.state", [Gates, Hidden]),
        ("gates.bias", [Gates]),
        ("output.weight", [PagePrediction.Horizons, Hidden]),
        ("output.bias", [PagePrediction.Horizons]),
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
