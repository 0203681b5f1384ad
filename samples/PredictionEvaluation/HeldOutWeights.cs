using U2CMigration.Prediction.Networks;

namespace PredictionEvaluation;

/// <summary>Weights of models that were trained without one family; where there are none for it, those that ship.</summary>
/// <param name="folder">The folder that training writes them to.</param>
public sealed class HeldOutWeights(DirectoryInfo folder)
{
    /// <summary>The weights to judge a model by a family with, and whether they never saw it.</summary>
    /// <param name="model">The model.</param>
    /// <param name="family">The family.</param>
    /// <param name="synthetic">Whether nothing of the family is ever trained with.</param>
    public (WeightSet Weights, bool HeldOut) For(string model, string family, bool synthetic)
    {
        string path = Path.Combine(folder.FullName, $"{model}-without-{family}.u2cweights");
        if (!File.Exists(path))
        {
            return (WeightSet.Shipped(model), synthetic);
        }

        using FileStream file = File.OpenRead(path);
        return (WeightFile.Read(file), true);
    }
}
