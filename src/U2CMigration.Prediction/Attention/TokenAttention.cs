using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using U2CMigration.Prediction.Networks;

namespace U2CMigration.Prediction.Attention;

/// <summary>
/// The attention of both heads over the tokens of 16 pages, one page in each lane. Tokens come some samples at a time, so that they are still in the nearest cache, and each
/// is read for both heads at once.
/// </summary>
/// <remarks>The softmax as in Milakov and Gimelshein, "Online normalizer calculation for softmax" (2018): what was summed up is scaled when a higher score comes.</remarks>
internal sealed class TokenAttention
{
    private const int Width = AttentionShape.Width;
    private const int Samples = ITokenLayer.Samples;

    // How many samples, or numbers of a token, are worked on at once: with two heads, eight sums in registers.
    private const int Together = 4;

    private readonly AlignedVectors _first = new(Samples);
    private readonly AlignedVectors _second = new(Samples);
    private Softmax _firstState;
    private Softmax _secondState;

    /// <summary>Begins with 16 other pages.</summary>
    /// <param name="result">What will receive the averages, <c>[Heads, Width]</c>.</param>
    public void Begin(Span<Vector512<float>> result)
    {
        result[..(2 * Width)].Clear();
        _firstState = Softmax.Empty;
        _secondState = Softmax.Empty;
    }

    /// <summary>Adds the tokens of some samples to the average of each head, weighed by how well they answer its query.</summary>
    /// <param name="queries">The queries, <c>[Heads, Width]</c>.</param>
    /// <param name="tokens">The tokens, <c>[Samples, Width]</c>.</param>
    /// <param name="mask">Added to the score of each sample.</param>
    /// <param name="result">The averages so far, not yet divided, <c>[Heads, Width]</c>.</param>
    public void Attend(ReadOnlySpan<Vector512<float>> queries, ReadOnlySpan<Vector512<float>> tokens, ReadOnlySpan<Vector512<float>> mask, Span<Vector512<float>> result)
    {
        ref Vector512<float> token = ref MemoryMarshal.GetReference(tokens[..(Samples * Width)]);
        ref Vector512<float> query = ref MemoryMarshal.GetReference(queries[..(2 * Width)]);
        for (int i = 0; i < Samples; i += Together)
        {
            Score(ref query, ref Unsafe.Add(ref token, i * Width), mask.Slice(i, Together), _first.Span.Slice(i, Together), _second.Span.Slice(i, Together));
        }

        Vector512<float> firstScale = _firstState.Soften(_first.Span);
        Vector512<float> secondScale = _secondState.Soften(_second.Span);
        for (int i = 0; i < Width; i += Together)
        {
            Add(ref Unsafe.Add(ref token, i), firstScale, secondScale, ref result[i], ref result[Width + i]);
        }
    }

    /// <summary>Completes the averages.</summary>
    /// <param name="result">The averages, <c>[Heads, Width]</c>.</param>
    public void End(Span<Vector512<float>> result)
    {
        (Vector512<float> first, Vector512<float> second) = (_firstState.Divisor, _secondState.Divisor);
        for (int i = 0; i < Width; i++)
        {
            result[i] *= first;
            result[Width + i] *= second;
        }
    }

    private static void Score(
        ref Vector512<float> queries, ref Vector512<float> tokens, ReadOnlySpan<Vector512<float>> mask, Span<Vector512<float>> first, Span<Vector512<float>> second)
    {
        Vector512<float> a0 = default, b0 = default;
        Vector512<float> a1 = default, b1 = default;
        Vector512<float> a2 = default, b2 = default;
        Vector512<float> a3 = default, b3 = default;
        for (int i = 0; i < Width; i++)
        {
            Vector512<float> q = Unsafe.Add(ref queries, i);
            Vector512<float> r = Unsafe.Add(ref queries, Width + i);
            Vector512<float> t = Unsafe.Add(ref tokens, i);
            (a0, b0) = (Vector512.FusedMultiplyAdd(q, t, a0), Vector512.FusedMultiplyAdd(r, t, b0));
            t = Unsafe.Add(ref tokens, Width + i);
            (a1, b1) = (Vector512.FusedMultiplyAdd(q, t, a1), Vector512.FusedMultiplyAdd(r, t, b1));
            t = Unsafe.Add(ref tokens, (2 * Width) + i);
            (a2, b2) = (Vector512.FusedMultiplyAdd(q, t, a2), Vector512.FusedMultiplyAdd(r, t, b2));
            t = Unsafe.Add(ref tokens, (3 * Width) + i);
            (a3, b3) = (Vector512.FusedMultiplyAdd(q, t, a3), Vector512.FusedMultiplyAdd(r, t, b3));
        }

        Vector512<float> scale = Vector512.Create(AttentionShape.ScoreScale);
        (first[0], second[0]) = (Vector512.FusedMultiplyAdd(a0, scale, mask[0]), Vector512.FusedMultiplyAdd(b0, scale, mask[0]));
        (first[1], second[1]) = (Vector512.FusedMultiplyAdd(a1, scale, mask[1]), Vector512.FusedMultiplyAdd(b1, scale, mask[1]));
        (first[2], second[2]) = (Vector512.FusedMultiplyAdd(a2, scale, mask[2]), Vector512.FusedMultiplyAdd(b2, scale, mask[2]));
        (first[3], second[3]) = (Vector512.FusedMultiplyAdd(a3, scale, mask[3]), Vector512.FusedMultiplyAdd(b3, scale, mask[3]));
    }

    // Four numbers of the average of each head.
    private void Add(ref Vector512<float> tokens, Vector512<float> firstScale, Vector512<float> secondScale, ref Vector512<float> first, ref Vector512<float> second)
    {
        Vector512<float> a0 = first * firstScale, b0 = second * secondScale;
        Vector512<float> a1 = Unsafe.Add(ref first, 1) * firstScale, b1 = Unsafe.Add(ref second, 1) * secondScale;
        Vector512<float> a2 = Unsafe.Add(ref first, 2) * firstScale, b2 = Unsafe.Add(ref second, 2) * secondScale;
        Vector512<float> a3 = Unsafe.Add(ref first, 3) * firstScale, b3 = Unsafe.Add(ref second, 3) * secondScale;
        for (int i = 0; i < Samples; i++, tokens = ref Unsafe.Add(ref tokens, Width))
        {
            Vector512<float> q = Unsafe.Add(ref _first.First, i);
            Vector512<float> r = Unsafe.Add(ref _second.First, i);
            Vector512<float> t = tokens;
            (a0, b0) = (Vector512.FusedMultiplyAdd(q, t, a0), Vector512.FusedMultiplyAdd(r, t, b0));
            t = Unsafe.Add(ref tokens, 1);
            (a1, b1) = (Vector512.FusedMultiplyAdd(q, t, a1), Vector512.FusedMultiplyAdd(r, t, b1));
            t = Unsafe.Add(ref tokens, 2);
            (a2, b2) = (Vector512.FusedMultiplyAdd(q, t, a2), Vector512.FusedMultiplyAdd(r, t, b2));
            t = Unsafe.Add(ref tokens, 3);
            (a3, b3) = (Vector512.FusedMultiplyAdd(q, t, a3), Vector512.FusedMultiplyAdd(r, t, b3));
        }

        (first, Unsafe.Add(ref first, 1), Unsafe.Add(ref first, 2), Unsafe.Add(ref first, 3)) = (a0, a1, a2, a3);
        (second, Unsafe.Add(ref second, 1), Unsafe.Add(ref second, 2), Unsafe.Add(ref second, 3)) = (b0, b1, b2, b3);
    }

    // What of a softmax is known so far.
    private struct Softmax
    {
        private Vector512<float> _highest;
        private Vector512<float> _sum;

        public static Softmax Empty => new() { _highest = Vector512.Create(float.MinValue) };

        public readonly Vector512<float> Divisor => Vector512<float>.One / _sum;

        // Makes weights, not yet divided, out of scores; what was summed up before is to be scaled by what is returned.
        public Vector512<float> Soften(Span<Vector512<float>> scores)
        {
            Vector512<float> highest = _highest;
            foreach (Vector512<float> score in scores)
            {
                highest = Vector512.MaxNative(highest, score);
            }

            Vector512<float> scale = VectorExponential.Of(_highest - highest);
            Vector512<float> sum = _sum * scale;
            foreach (ref Vector512<float> score in scores)
            {
                score = VectorExponential.Of(score - highest);
                sum += score;
            }

            (_highest, _sum) = (highest, sum);
            return scale;
        }
    }
}
