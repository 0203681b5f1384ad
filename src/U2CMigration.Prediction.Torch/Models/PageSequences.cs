using U2CMigration.Prediction.Attention;
using static TorchSharp.torch;

namespace U2CMigration.Prediction.Torch.Models;

/// <summary>Parts of a batch as sequences for recurrent layers: <c>[B, window, 1] float32</c>, oldest sample first.</summary>
internal static class PageSequences
{
    /// <summary>Written bits.</summary>
    public static Tensor Dirty(ModelBatch batch, int window)
    {
        using Tensor newestFirst = batch.Dirty.slice(1, LaneInputs.Reach, LaneInputs.Reach + window, 1);
        return OldestFirst(newestFirst);
    }

    /// <summary>One of the other inputs of a sample.</summary>
    public static Tensor Other(ModelBatch batch, int feature, int window)
    {
        using Tensor chosen = batch.Other.select(2, feature);
        using Tensor newestFirst = chosen.slice(1, 0, window, 1);
        return OldestFirst(newestFirst);
    }

    private static Tensor OldestFirst(Tensor newestFirst)
    {
        using Tensor flipped = newestFirst.flip(1);
        return flipped.unsqueeze(2);
    }
}
