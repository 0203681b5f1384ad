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
    private const int Width = AttentionShape.Width;

    private readonly LaneInputs _inputs = new();
    private readonly Vector512<float>[] _tokens = new Vector512<float>[PageInput.Window * Width];
    private readonly Vector512<float>[] _scores = new Vector512<float>[PageInput.Window];
    private readonly Vector512<float>[] _joined = new Vector512<float>[AttentionShape.Joined];
    private readonly Vector512<float>[] _query = new Vector512<float>[AttentionShape.Heads * Width];
    private readonly Vector512<float>[] _hidden = new Vector512<float>[AttentionShape.Hidden];
    private readonly Vector512<float>[] _logits = new Vector512<float>[AttentionShape.Outputs];

    /// <summary>Computes the logits of 16 pages.</summary>
    /// <param name="pages">The pages.</param>
    /// <param name="round">The round.</param>
    /// <param name="biases">What the round adds.</param>
    /// <returns>A vector for each horizon, valid until the next call.</returns>
    public ReadOnlySpan<Vector512<float>> Run(ReadOnlySpan<PageInput> pages, RoundContext round, RoundBiases biases)
    {
        _inputs.Fill(pages, round);
        Span<Vector512<float>> summary = _joined.AsSpan(0, AttentionShape.Hidden);
        Broadcast(biases.Summary, summary);
        network.Summary.AddTo(_inputs.Summary, summary);
        Rectify(summary);
        Broadcast(network.QueryBias, _query);
        network.Query.AddTo(summary, _query);
        EmbedTokens(biases);
        for (int head = 0; head < AttentionShape.Heads; head++)
        {
            Attend(_query.AsSpan(head * Width, Width), _joined.AsSpan(AttentionShape.Hidden + (head * Width), Width));
        }

        Broadcast(network.JoinedBias, _hidden);
        network.Joined.AddTo(_joined, _hidden);
        Rectify(_hidden);
        Broadcast(network.OutputBias, _logits);
        network.Output.AddTo(_hidden, _logits);
        network.OutputDirect.AddTo(_inputs.Summary, _logits);
        return _logits;
    }

    private void EmbedTokens(RoundBiases biases)
    {
        for (int age = 0; age < PageInput.Window; age++)
        {
            Span<Vector512<float>> token = _tokens.AsSpan(age * Width, Width);
            Broadcast(biases.Tokens.AsSpan(age * Width, Width), token);
            network.TokenDirty.AddTo(_inputs.Dirty.AsSpan(age, (2 * LaneInputs.Reach) + 1), token);
            network.TokenOther.AddTo(_inputs.Other.AsSpan(age * LaneInputs.OtherFeatures, LaneInputs.OtherFeatures), token);
            Rectify(token);
        }
    }

    private void Attend(ReadOnlySpan<Vector512<float>> query, Span<Vector512<float>> result)
    {
        Vector512<float> highest = Vector512.Create(float.MinValue);
        for (int age = 0; age < PageInput.Window; age++)
        {
            ReadOnlySpan<Vector512<float>> token = _tokens.AsSpan(age * Width, Width);
            Vector512<float> even = query[0] * token[0];
            Vector512<float> odd = query[1] * token[1];
            for (int i = 2; i < Width; i += 2)
            {
                even = Vector512.FusedMultiplyAdd(query[i], token[i], even);
                odd = Vector512.FusedMultiplyAdd(query[i + 1], token[i + 1], odd);
            }

            _scores[age] = ((even + odd) * AttentionShape.ScoreScale) + _inputs.Mask[age];
            highest = Vector512.MaxNative(highest, _scores[age]);
        }

        Vector512<float> sum = Vector512<float>.Zero;
        for (int age = 0; age < PageInput.Window; age++)
        {
            _scores[age] = VectorExponential.Of(_scores[age] - highest);
            sum += _scores[age];
        }

        Mix(Vector512<float>.One / sum, result);
    }

    private void Mix(Vector512<float> scale, Span<Vector512<float>> result)
    {
        for (int i = 0; i < Width; i += 4)
        {
            Vector512<float> r0 = default, r1 = default, r2 = default, r3 = default;
            for (int age = 0; age < PageInput.Window; age++)
            {
                ReadOnlySpan<Vector512<float>> token = _tokens.AsSpan((age * Width) + i, 4);
                r0 = Vector512.FusedMultiplyAdd(_scores[age], token[0], r0);
                r1 = Vector512.FusedMultiplyAdd(_scores[age], token[1], r1);
                r2 = Vector512.FusedMultiplyAdd(_scores[age], token[2], r2);
                r3 = Vector512.FusedMultiplyAdd(_scores[age], token[3], r3);
            }

            (result[i], result[i + 1], result[i + 2], result[i + 3]) = (r0 * scale, r1 * scale, r2 * scale, r3 * scale);
        }
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
