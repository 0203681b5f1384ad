using System.Runtime.Intrinsics;
using U2CMigration.Prediction.Networks;

namespace U2CMigration.Prediction.Attention;

/// <summary>The forward pass for 16 pages at once, one in each lane of every vector. One for each thread; allocates nothing once made.</summary>
/// <remarks>
/// Equations, for a page with tokens x(t) and summary s in a round with common inputs c(t) and r (weights named as in <see cref="AttentionShape"/>):
/// e(t) = relu(token.own x(t) + token.common c(t) + position(t)); h = relu(summary.own s + summary.common r + bias); q = query h + bias, cut into heads;
/// a = softmax over t of q e(t) / sqrt(width), without samples from before the page was known; z = sum of a(t) e(t);
/// g = relu(joined [h, z of each head] + bias); logits = output g + direct s + bias.
/// </remarks>
internal sealed class AttentionPass(AttentionNetwork network)
{
    private readonly LaneInputs _inputs = new();
    private readonly AlignedVectors _tokens = new(ITokenLayer.Samples * AttentionShape.Width);
    private readonly TokenAttention _attention = new();
    private readonly AlignedVectors _joined = new(AttentionShape.Joined);
    private readonly AlignedVectors _query = new(AttentionShape.Heads * AttentionShape.Width);
    private readonly AlignedVectors _hidden = new(AttentionShape.Hidden);
    private readonly AlignedVectors _logits = new(AttentionShape.Outputs);

    /// <summary>Computes the logits of 16 pages.</summary>
    /// <param name="pages">The pages.</param>
    /// <param name="round">The round.</param>
    /// <param name="biases">What the round adds.</param>
    /// <returns>A vector for each horizon, valid until the next call.</returns>
    public ReadOnlySpan<Vector512<float>> Run(ReadOnlySpan<PageInput> pages, RoundContext round, RoundBiases biases)
    {
        _inputs.Fill(pages, round);
        Span<Vector512<float>> summary = _joined.Span[..AttentionShape.Hidden];
        Broadcast(biases.Summary, summary);
        network.Summary.AddTo(_inputs.Summary, summary);
        Rectify(summary);
        Broadcast(network.QueryBias, _query.Span);
        network.Query.AddTo(summary, _query.Span);
        _attention.Begin(_joined.Span[AttentionShape.Hidden..]);
        for (int age = 0; age < PageInput.Window; age += ITokenLayer.Samples)
        {
            network.Tokens.Embed(_inputs, biases.Tokens, age, _tokens.Span);
            _attention.Attend(_query.Span, _tokens.Span, _inputs.Mask.Slice(age, ITokenLayer.Samples), _joined.Span[AttentionShape.Hidden..]);
        }

        _attention.End(_joined.Span[AttentionShape.Hidden..]);

        Broadcast(network.JoinedBias, _hidden.Span);
        network.Joined.AddTo(_joined.Span, _hidden.Span);
        Rectify(_hidden.Span);
        Broadcast(network.OutputBias, _logits.Span);
        network.Output.AddTo(_hidden.Span, _logits.Span);
        network.OutputDirect.AddTo(_inputs.Summary, _logits.Span);
        return _logits.Span;
    }

    private static void Broadcast(ReadOnlySpan<float> values, Span<Vector512<float>> vectors)
    {
        for (int i = 0; i < values.Length; i++)
        {
            vectors[i] = Vector512.Create(values[i]);
        }
    }

    private static void Rectify(Span<Vector512<float>> values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            // In this order what is not a number stays so, where the processor has one instruction for it.
            values[i] = Vector512.MaxNative(Vector512<float>.Zero, values[i]);
        }
    }
}
