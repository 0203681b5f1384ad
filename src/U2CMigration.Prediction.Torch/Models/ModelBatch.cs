using TorchSharp;
using U2CMigration.Prediction.Attention;
using U2CMigration.Prediction.Predictors;
using U2CMigration.Prediction.Torch.Examples;
using static TorchSharp.torch;

namespace U2CMigration.Prediction.Torch.Models;

/// <summary>A batch of examples as tensors; B is 16 times the number of groups. Disposes of them.</summary>
internal sealed class ModelBatch : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public ModelBatch(BatchBuffers buffers, IReadOnlyList<ExampleGroup> groups, ReadOnlySpan<int> chosen)
    {
        int g = chosen.Length;
        buffers.Fill(groups, chosen);
        Dirty = Lanes(buffers.Dirty, g, LaneInputs.DirtyRows);
        Other = Lanes(buffers.Other, g, PageInput.Window, LaneInputs.OtherFeatures);
        Mask = Lanes(buffers.Mask, g, PageInput.Window);
        Summary = Lanes(buffers.Summary, g, PageSummary.Features);
        CommonTokens = Common(buffers.CommonTokens, g, PageInput.Window, RoundContext.TokenFeatures);
        CommonSummary = Common(buffers.CommonSummary, g, RoundContext.SummaryFeatures);
        Targets = Lanes(buffers.Targets, g, PagePrediction.Horizons);
        Weights = Lanes(buffers.Weights, g, PagePrediction.Horizons);
    }

    /// <summary>Written bits, <c>[B, DirtyRows] float32</c>; row 3 is the newest sample, those before it are 0.</summary>
    public Tensor Dirty { get; }

    /// <summary>Accessed, neighbours below and above, level around: <c>[B, Window, 4] float32</c>.</summary>
    public Tensor Other { get; }

    /// <summary>0, or a large negative number for samples of no meaning: <c>[B, Window] float32</c>.</summary>
    public Tensor Mask { get; }

    /// <summary>Summary of each page, <c>[B, Features] float32</c>.</summary>
    public Tensor Summary { get; }

    /// <summary>Common inputs of each sample, <c>[B, Window, TokenFeatures] float32</c>.</summary>
    public Tensor CommonTokens { get; }

    /// <summary>Common inputs of the round, <c>[B, SummaryFeatures] float32</c>.</summary>
    public Tensor CommonSummary { get; }

    /// <summary>Written or not, <c>[B, Horizons] float32</c>.</summary>
    public Tensor Targets { get; }

    /// <summary>Weights of the targets, <c>[B, Horizons] float32</c>.</summary>
    public Tensor Weights { get; }

    /// <inheritdoc/>
    public void Dispose() => _scope.Dispose();

    // Pages lie in the last axis of the buffers, one lane each; in tensors they come first.
    private static Tensor Lanes(float[] values, int groups, params long[] shape)
    {
        long size = ExampleGroup.Size;
        long elements = shape.Aggregate(size * groups, static (product, length) => product * length);
        using Tensor whole = tensor(values.AsMemory(0, (int)elements), [groups, .. shape, size]);
        long[] order = [0, shape.Length + 1, .. Enumerable.Range(1, shape.Length).Select(static axis => (long)axis)];
        using Tensor permuted = whole.permute(order);
        return permuted.reshape([groups * size, .. shape]);
    }

    private static Tensor Common(float[] values, int groups, params long[] shape)
    {
        long elements = shape.Aggregate((long)groups, static (product, length) => product * length);
        using Tensor whole = tensor(values.AsMemory(0, (int)elements), [groups, .. shape]);
        return whole.repeat_interleave(ExampleGroup.Size, 0);
    }
}
