using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace U2CMigration.Prediction.Attention;

/// <summary>
/// Makes tokens by multiplying, on any processor: two samples and eight numbers of each stay in registers until complete, so that each weight is read once for both.
/// </summary>
internal sealed class TokenProducts : ITokenLayer
{
    private const int Together = 8;
    private const int Width = AttentionShape.Width;
    private const int Own = AttentionShape.Own;
    private const int Seen = (2 * LaneInputs.Reach) + 1;

    // Eight outputs after the other, their weights side by side for each input.
    private readonly float[] _weights = new float[Width * Own];

    /// <param name="weights">The weights, <c>[Width, Own]</c>.</param>
    public TokenProducts(ReadOnlySpan<float> weights)
    {
        for (int output = 0; output < Width; output++)
        {
            for (int input = 0; input < Own; input++)
            {
                _weights[((((output / Together) * Own) + input) * Together) + (output % Together)] = weights[(output * Own) + input];
            }
        }
    }

    /// <inheritdoc/>
    public void Embed(LaneInputs inputs, ReadOnlySpan<float> biases, int age, Span<Vector512<float>> tokens)
    {
        ref Vector512<float> dirty = ref MemoryMarshal.GetReference(inputs.Dirty[age..]);
        ref Vector512<float> other = ref MemoryMarshal.GetReference(inputs.Other[(age * LaneInputs.OtherFeatures)..]);
        ref float firstBias = ref MemoryMarshal.GetReference(biases.Slice(age * Width, ITokenLayer.Samples * Width));
        ref Vector512<float> firstToken = ref MemoryMarshal.GetReference(tokens[..(ITokenLayer.Samples * Width)]);
        for (int output = 0; output < Width; output += Together)
        {
            ref float weights = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_weights), output * Own);
            for (int i = 0; i < ITokenLayer.Samples; i += 2)
            {
                int at = (i * Width) + output;
                EmbedTwo(
                    ref Unsafe.Add(ref dirty, i), ref Unsafe.Add(ref other, i * LaneInputs.OtherFeatures), ref weights,
                    ref Unsafe.Add(ref firstBias, at), ref Unsafe.Add(ref firstToken, at));
            }
        }
    }

    // Eight numbers of the tokens of a sample (a) and of the one before it (b).
    private static void EmbedTwo(ref Vector512<float> dirty, ref Vector512<float> other, ref float weights, ref float biases, ref Vector512<float> tokens)
    {
        Vector512<float> a0 = Vector512.Create(Unsafe.Add(ref biases, 0)), b0 = Vector512.Create(Unsafe.Add(ref biases, Width + 0));
        Vector512<float> a1 = Vector512.Create(Unsafe.Add(ref biases, 1)), b1 = Vector512.Create(Unsafe.Add(ref biases, Width + 1));
        Vector512<float> a2 = Vector512.Create(Unsafe.Add(ref biases, 2)), b2 = Vector512.Create(Unsafe.Add(ref biases, Width + 2));
        Vector512<float> a3 = Vector512.Create(Unsafe.Add(ref biases, 3)), b3 = Vector512.Create(Unsafe.Add(ref biases, Width + 3));
        Vector512<float> a4 = Vector512.Create(Unsafe.Add(ref biases, 4)), b4 = Vector512.Create(Unsafe.Add(ref biases, Width + 4));
        Vector512<float> a5 = Vector512.Create(Unsafe.Add(ref biases, 5)), b5 = Vector512.Create(Unsafe.Add(ref biases, Width + 5));
        Vector512<float> a6 = Vector512.Create(Unsafe.Add(ref biases, 6)), b6 = Vector512.Create(Unsafe.Add(ref biases, Width + 6));
        Vector512<float> a7 = Vector512.Create(Unsafe.Add(ref biases, 7)), b7 = Vector512.Create(Unsafe.Add(ref biases, Width + 7));
        for (int i = 0; i < Own; i++, weights = ref Unsafe.Add(ref weights, Together))
        {
            Vector512<float> x = i < Seen ? Unsafe.Add(ref dirty, i) : Unsafe.Add(ref other, i - Seen);
            Vector512<float> y = i < Seen ? Unsafe.Add(ref dirty, i + 1) : Unsafe.Add(ref other, i - Seen + LaneInputs.OtherFeatures);
            Vector512<float> w;
            w = Vector512.Create(Unsafe.Add(ref weights, 0));
            (a0, b0) = (Vector512.FusedMultiplyAdd(x, w, a0), Vector512.FusedMultiplyAdd(y, w, b0));
            w = Vector512.Create(Unsafe.Add(ref weights, 1));
            (a1, b1) = (Vector512.FusedMultiplyAdd(x, w, a1), Vector512.FusedMultiplyAdd(y, w, b1));
            w = Vector512.Create(Unsafe.Add(ref weights, 2));
            (a2, b2) = (Vector512.FusedMultiplyAdd(x, w, a2), Vector512.FusedMultiplyAdd(y, w, b2));
            w = Vector512.Create(Unsafe.Add(ref weights, 3));
            (a3, b3) = (Vector512.FusedMultiplyAdd(x, w, a3), Vector512.FusedMultiplyAdd(y, w, b3));
            w = Vector512.Create(Unsafe.Add(ref weights, 4));
            (a4, b4) = (Vector512.FusedMultiplyAdd(x, w, a4), Vector512.FusedMultiplyAdd(y, w, b4));
            w = Vector512.Create(Unsafe.Add(ref weights, 5));
            (a5, b5) = (Vector512.FusedMultiplyAdd(x, w, a5), Vector512.FusedMultiplyAdd(y, w, b5));
            w = Vector512.Create(Unsafe.Add(ref weights, 6));
            (a6, b6) = (Vector512.FusedMultiplyAdd(x, w, a6), Vector512.FusedMultiplyAdd(y, w, b6));
            w = Vector512.Create(Unsafe.Add(ref weights, 7));
            (a7, b7) = (Vector512.FusedMultiplyAdd(x, w, a7), Vector512.FusedMultiplyAdd(y, w, b7));
        }

        (Unsafe.Add(ref tokens, 0), Unsafe.Add(ref tokens, Width + 0)) = (Rectified(a0), Rectified(b0));
        (Unsafe.Add(ref tokens, 1), Unsafe.Add(ref tokens, Width + 1)) = (Rectified(a1), Rectified(b1));
        (Unsafe.Add(ref tokens, 2), Unsafe.Add(ref tokens, Width + 2)) = (Rectified(a2), Rectified(b2));
        (Unsafe.Add(ref tokens, 3), Unsafe.Add(ref tokens, Width + 3)) = (Rectified(a3), Rectified(b3));
        (Unsafe.Add(ref tokens, 4), Unsafe.Add(ref tokens, Width + 4)) = (Rectified(a4), Rectified(b4));
        (Unsafe.Add(ref tokens, 5), Unsafe.Add(ref tokens, Width + 5)) = (Rectified(a5), Rectified(b5));
        (Unsafe.Add(ref tokens, 6), Unsafe.Add(ref tokens, Width + 6)) = (Rectified(a6), Rectified(b6));
        (Unsafe.Add(ref tokens, 7), Unsafe.Add(ref tokens, Width + 7)) = (Rectified(a7), Rectified(b7));
    }

    // In this order what is not a number stays so, where the processor has one instruction for it.
    private static Vector512<float> Rectified(Vector512<float> value) => Vector512.MaxNative(Vector512<float>.Zero, value);
}
