using TorchSharp;
using U2CMigration.Prediction.Networks;
using static TorchSharp.torch;

namespace U2CMigration.Prediction.Torch.Models;

/// <summary>A model that maps a batch to logits for the next samples.</summary>
internal abstract class PageModel(string name) : nn.Module<ModelBatch, Tensor>(name)
{
    /// <summary>The name of the variant in tables.</summary>
    public string Variant { get; } = name;

    /// <summary>
    /// The number 1, held for as long as the model lives. Where tensors are added it is handed over in the open, because <c>+</c> makes a number of its own,
    /// which the garbage collector may free while native code reads it.
    /// </summary>
    protected Scalar One { get; } = 1f;

    /// <summary>Copies the weights out of TorchSharp.</summary>
    /// <param name="settings">Goes into the set.</param>
    /// <param name="description">How they were trained.</param>
    public abstract WeightSet Export(int settings, string description);

    /// <summary>A copy of a tensor's values.</summary>
    protected static WeightTensor Copy(string name, Tensor tensor)
    {
        using Tensor plain = tensor.detach().contiguous();
        return new WeightTensor(name, [.. plain.shape.Select(static length => (int)length)], plain.data<float>().ToArray());
    }
}
