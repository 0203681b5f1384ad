using System.Reflection;

namespace U2CMigration.Prediction.Networks;

/// <summary>The trained weights of one model.</summary>
/// <param name="Model">Which model they belong to, for example <c>attention</c>.</param>
/// <param name="Settings">What of the model can be set, as the number that the model defines; see its documentation.</param>
/// <param name="Description">How they were trained, for people.</param>
/// <param name="Tensors">The weights.</param>
public sealed record WeightSet(string Model, int Settings, string Description, IReadOnlyList<WeightTensor> Tensors)
{
    /// <summary>The set of weights that the package ships for a model.</summary>
    /// <param name="model"><c>attention</c>, <c>lstm</c> or <c>random-forest</c>.</param>
    /// <exception cref="ArgumentException">There is no such set.</exception>
    public static WeightSet Shipped(string model)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"{model}.u2cweights")
            ?? throw new ArgumentException($"No weights are shipped for a model named '{model}'; there are 'attention', 'lstm' and 'random-forest'.", nameof(model));
        return WeightFile.Read(stream);
    }

    /// <summary>The values of a tensor, which must have the given shape and finite values.</summary>
    internal float[] Get(string name, params ReadOnlySpan<int> shape)
    {
        foreach (WeightTensor tensor in Tensors)
        {
            if (tensor.Name == name)
            {
                return tensor.Shape.ToArray().AsSpan().SequenceEqual(shape)
                    ? tensor.Values
                    : throw new WeightFormatException(
                        $"The weights '{name}' of model '{Model}' have shape [{string.Join(", ", tensor.Shape)}]; this version of the model needs [{string.Join(", ", shape.ToArray())}]. Train it again with this version.");
            }
        }

        throw new WeightFormatException($"The weights of model '{Model}' lack '{name}'; they belong to another version of the model.");
    }
}
