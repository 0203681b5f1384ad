using TorchSharp;
using TorchSharp.Modules;
using U2CMigration.Prediction.Attention;
using U2CMigration.Prediction.Networks;
using static TorchSharp.torch;

namespace U2CMigration.Prediction.Torch.Models;

/// <summary>The model that is shipped; its equations stand at <see cref="AttentionPass"/>, which is tested to give the same.</summary>
internal sealed class AttentionModel : PageModel
{
    private const int Width = AttentionShape.Width;

    private readonly Dictionary<string, Parameter> _weights = [];
    private readonly double _commonDropout;

    // Held for as long as the model lives: TorchSharp lets the garbage collector free a number while native code reads it.
    private readonly Scalar _scoreScale = AttentionShape.ScoreScale;
    private readonly Scalar _hidden;

    public AttentionModel(double commonDropout = 0)
        : base(AttentionShape.Model)
    {
        _commonDropout = commonDropout;
        _hidden = commonDropout;
        foreach ((string name, int[] shape) in AttentionShape.Tensors)
        {
            // A matrix gets a uniform start by its number of inputs, as TorchSharp's own linear layers; all else starts at 0.
            double bound = shape.Length == 2 && name is not ("token.position" or "output.direct") ? 1 / Math.Sqrt(shape[1]) : 0;
            using Tensor start = zeros([.. shape.Select(static length => (long)length)]);
            nn.init.uniform_(start, -bound, bound);
            Parameter parameter = nn.Parameter(start);
            _weights[name] = parameter;
            register_parameter(name.Replace('.', '_'), parameter);
        }
    }

    /// <inheritdoc/>
    public override Tensor forward(ModelBatch batch)
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor tokens, Tensor common) = (batch.CommonTokens, batch.CommonSummary);
        if (training && _commonDropout > 0)
        {
            // Whole families must not be known by what their containers have in common.
            Tensor keep = rand(common.shape[0], 1).ge(_hidden).to(ScalarType.Float32);
            (tokens, common) = (tokens * keep.unsqueeze(2), common * keep);
        }

        Tensor own = cat([batch.Dirty.unfold(1, (2 * LaneInputs.Reach) + 1, 1), batch.Other], 2);
        Tensor embedded = nn.functional.relu(
            nn.functional.linear(own, _weights["token.own"])
                .add(nn.functional.linear(tokens, _weights["token.common"]), One)
                .add(_weights["token.position"], One));
        Tensor hidden = nn.functional.relu(
            nn.functional.linear(batch.Summary, _weights["summary.own"], _weights["summary.bias"])
                .add(nn.functional.linear(common, _weights["summary.common"]), One));
        Tensor query = nn.functional.linear(hidden, _weights["query.weight"], _weights["query.bias"]).view(-1, AttentionShape.Heads, Width);
        Tensor scores = (matmul(query, embedded.transpose(1, 2)) * _scoreScale).add(batch.Mask.unsqueeze(1), One);
        Tensor mixed = matmul(nn.functional.softmax(scores, 2), embedded).reshape(-1, AttentionShape.Heads * Width);
        Tensor joined = nn.functional.relu(
            nn.functional.linear(cat([hidden, mixed], 1), _weights["joined.weight"], _weights["joined.bias"]));
        Tensor logits = nn.functional.linear(joined, _weights["output.weight"], _weights["output.bias"])
            .add(nn.functional.linear(batch.Summary, _weights["output.direct"]), One);
        return logits.MoveToOuterDisposeScope();
    }

    /// <summary>Takes over trained weights.</summary>
    public void Load(WeightSet weights)
    {
        using IDisposable noGradients = no_grad();
        float[][] values = AttentionShape.Values(weights);
        for (int i = 0; i < values.Length; i++)
        {
            (string name, int[] shape) = AttentionShape.Tensors[i];
            using Tensor loaded = tensor(values[i], [.. shape.Select(static length => (long)length)]);
            _weights[name].copy_(loaded);
        }
    }

    /// <inheritdoc/>
    public override WeightSet Export(int settings, string description) =>
        new(AttentionShape.Model, settings, description, [.. AttentionShape.Tensors.Select(tensor => Copy(tensor.Name, _weights[tensor.Name]))]);
}
