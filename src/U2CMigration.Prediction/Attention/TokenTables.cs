using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using U2CMigration.Prediction.Networks;

namespace U2CMigration.Prediction.Attention;

/// <summary>
/// Makes tokens by tables: eight of the eleven inputs are bits, and what four bits add is one of 16 numbers, which the processor picks for 16 pages at once out of a register.
/// </summary>
internal sealed class TokenTables : ITokenLayer
{
    private const int Width = AttentionShape.Width;
    private const int Own = AttentionShape.Own;
    private const int Together = 4;
    private const int Halves = 2;

    // The inputs by tables: written bits, and accessed; those by products follow.
    private const int Bits = (2 * LaneInputs.Reach) + 2;
    private const int Numbers = Own - Bits;

    private readonly AlignedVectors _tables = new(Width * Halves);
    private readonly float[] _weights = new float[Width * Numbers];

    /// <param name="weights">The weights, <c>[Width, Own]</c>.</param>
    public TokenTables(ReadOnlySpan<float> weights)
    {
        Span<float> tables = MemoryMarshal.Cast<Vector512<float>, float>(_tables.Span);
        for (int output = 0; output < Width; output++)
        {
            ReadOnlySpan<float> own = weights.Slice(output * Own, Own);
            for (int half = 0; half < Halves; half++)
            {
                FillTable(own.Slice(half * 4, 4), tables.Slice(((output * Halves) + half) * 16, 16));
            }

            own[Bits..].CopyTo(_weights.AsSpan(output * Numbers));
        }
    }

    /// <summary>Whether the processor can.</summary>
    public static bool IsSupported => Avx512F.IsSupported;

    /// <inheritdoc/>
    public void Embed(LaneInputs inputs, ReadOnlySpan<float> biases, int age, Span<Vector512<float>> tokens)
    {
        ref Vector512<float> patterns = ref MemoryMarshal.GetReference(inputs.Patterns.Slice(age * Halves, ITokenLayer.Samples * Halves));
        ref Vector512<float> other = ref MemoryMarshal.GetReference(inputs.Other.Slice(age * LaneInputs.OtherFeatures, ITokenLayer.Samples * LaneInputs.OtherFeatures));
        ref float bias = ref MemoryMarshal.GetReference(biases.Slice(age * Width, ITokenLayer.Samples * Width));
        ref Vector512<float> token = ref MemoryMarshal.GetReference(tokens[..(ITokenLayer.Samples * Width)]);
        for (int output = 0; output < Width; output += Together)
        {
            EmbedFour(
                ref patterns, ref other, ref Unsafe.Add(ref _tables.First, output * Halves), ref _weights[output * Numbers], ref Unsafe.Add(ref bias, output),
                ref Unsafe.Add(ref token, output));
        }
    }

    private static void FillTable(ReadOnlySpan<float> weights, Span<float> table)
    {
        for (int pattern = 0; pattern < table.Length; pattern++)
        {
            table[pattern] = 0;
            for (int bit = 0; bit < weights.Length; bit++)
            {
                table[pattern] += ((pattern >> bit) & 1) * weights[bit];
            }
        }
    }

    // Four numbers of the tokens of all samples.
    private static void EmbedFour(
        ref Vector512<float> patterns, ref Vector512<float> other, ref Vector512<float> tables, ref float weights, ref float biases, ref Vector512<float> tokens)
    {
        Vector512<float> t0 = tables, u0 = Unsafe.Add(ref tables, 1), t1 = Unsafe.Add(ref tables, 2), u1 = Unsafe.Add(ref tables, 3);
        Vector512<float> t2 = Unsafe.Add(ref tables, 4), u2 = Unsafe.Add(ref tables, 5), t3 = Unsafe.Add(ref tables, 6), u3 = Unsafe.Add(ref tables, 7);
        for (int i = 0; i < ITokenLayer.Samples; i++)
        {
            Vector512<int> near = patterns.AsInt32(), before = Unsafe.Add(ref patterns, 1).AsInt32();
            Vector512<float> below = Unsafe.Add(ref other, 1), above = Unsafe.Add(ref other, 2), around = Unsafe.Add(ref other, 3);
            tokens = Rectified(Picked(t0, near, u0, before) + Sum(below, above, around, ref weights, biases));
            Unsafe.Add(ref tokens, 1) = Rectified(Picked(t1, near, u1, before) + Sum(below, above, around, ref Unsafe.Add(ref weights, Numbers), Unsafe.Add(ref biases, 1)));
            Unsafe.Add(ref tokens, 2) = Rectified(Picked(t2, near, u2, before) + Sum(below, above, around, ref Unsafe.Add(ref weights, 2 * Numbers), Unsafe.Add(ref biases, 2)));
            Unsafe.Add(ref tokens, 3) = Rectified(Picked(t3, near, u3, before) + Sum(below, above, around, ref Unsafe.Add(ref weights, 3 * Numbers), Unsafe.Add(ref biases, 3)));
            patterns = ref Unsafe.Add(ref patterns, Halves);
            other = ref Unsafe.Add(ref other, LaneInputs.OtherFeatures);
            biases = ref Unsafe.Add(ref biases, Width);
            tokens = ref Unsafe.Add(ref tokens, Width);
        }
    }

    // Only the lowest four bits of a pattern count.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Picked(Vector512<float> first, Vector512<int> near, Vector512<float> second, Vector512<int> before) =>
        Avx512F.PermuteVar16x32(first, near) + Avx512F.PermuteVar16x32(second, before);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Sum(Vector512<float> below, Vector512<float> above, Vector512<float> around, ref float weights, float bias)
    {
        Vector512<float> sum = Vector512.FusedMultiplyAdd(below, Vector512.Create(weights), Vector512.Create(bias));
        sum = Vector512.FusedMultiplyAdd(above, Vector512.Create(Unsafe.Add(ref weights, 1)), sum);
        return Vector512.FusedMultiplyAdd(around, Vector512.Create(Unsafe.Add(ref weights, 2)), sum);
    }

    // In this order what is not a number stays so, where the processor has one instruction for it.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Rectified(Vector512<float> value) => Vector512.MaxNative(Vector512<float>.Zero, value);
}
