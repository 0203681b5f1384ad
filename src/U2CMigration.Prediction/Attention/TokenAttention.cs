using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using U2CMigration.Prediction.Networks;

namespace U2CMigration.Prediction.Attention;

/// <summary>The attention of both heads over the tokens of 16 pages, one page in each lane. Both look at the same tokens, each of which is read once for the two.</summary>
internal sealed class TokenAttention
{
    private const int Width = AttentionShape.Width;
    private const int Window = PageInput.Window;

    // How many samples, or numbers of a token, are worked on at once: with two heads, eight sums in registers.
    private const int Together = 4;

    private readonly AlignedVectors _first = new(Window);
    private readonly AlignedVectors _second = new(Window);

    /// <summary>Computes, for each head, the average of the tokens, weighed by how well they answer its query.</summary>
    /// <param name="queries">The queries, <c>[Heads, Width]</c>.</param>
    /// <param name="tokens">The tokens, <c>[Window, Width]</c>.</param>
    /// <param name="mask">Added to the score of each sample.</param>
    /// <param name="result">Receives the averages, <c>[Heads, Width]</c>.</param>
    public void Attend(ReadOnlySpan<Vector512<float>> queries, ReadOnlySpan<Vector512<float>> tokens, ReadOnlySpan<Vector512<float>> mask, Span<Vector512<float>> result)
    {
        ref Vector512<float> token = ref MemoryMarshal.GetReference(tokens[..(Window * Width)]);
        for (int age = 0; age < Window; age += Together)
        {
            Score(ref MemoryMarshal.GetReference(queries[..(2 * Width)]), ref Unsafe.Add(ref token, age * Width), mask.Slice(age, Together), age);
        }

        Vector512<float> firstScale = Soften(_first.Span);
        Vector512<float> secondScale = Soften(_second.Span);
        for (int i = 0; i < Width; i += Together)
        {
            Average(ref Unsafe.Add(ref token, i), firstScale, secondScale, result.Slice(i, Width + Together));
        }
    }

    private void Score(ref Vector512<float> queries, ref Vector512<float> tokens, ReadOnlySpan<Vector512<float>> mask, int age)
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
        Span<Vector512<float>> first = _first.Span.Slice(age, Together);
        Span<Vector512<float>> second = _second.Span.Slice(age, Together);
        (first[0], second[0]) = (Vector512.FusedMultiplyAdd(a0, scale, mask[0]), Vector512.FusedMultiplyAdd(b0, scale, mask[0]));
        (first[1], second[1]) = (Vector512.FusedMultiplyAdd(a1, scale, mask[1]), Vector512.FusedMultiplyAdd(b1, scale, mask[1]));
        (first[2], second[2]) = (Vector512.FusedMultiplyAdd(a2, scale, mask[2]), Vector512.FusedMultiplyAdd(b2, scale, mask[2]));
        (first[3], second[3]) = (Vector512.FusedMultiplyAdd(a3, scale, mask[3]), Vector512.FusedMultiplyAdd(b3, scale, mask[3]));
    }

    // The softmax but for its divisor, whose inverse is returned.
    private static Vector512<float> Soften(Span<Vector512<float>> scores)
    {
        Vector512<float> highest = Vector512.Create(float.MinValue);
        foreach (Vector512<float> score in scores)
        {
            highest = Vector512.MaxNative(highest, score);
        }

        Vector512<float> sum = Vector512<float>.Zero;
        foreach (ref Vector512<float> score in scores)
        {
            score = VectorExponential.Of(score - highest);
            sum += score;
        }

        return Vector512<float>.One / sum;
    }

    private void Average(ref Vector512<float> tokens, Vector512<float> firstScale, Vector512<float> secondScale, Span<Vector512<float>> result)
    {
        Vector512<float> a0 = default, b0 = default;
        Vector512<float> a1 = default, b1 = default;
        Vector512<float> a2 = default, b2 = default;
        Vector512<float> a3 = default, b3 = default;
        ref Vector512<float> first = ref _first.First;
        ref Vector512<float> second = ref _second.First;
        for (int age = 0; age < Window; age++, tokens = ref Unsafe.Add(ref tokens, Width))
        {
            Vector512<float> q = Unsafe.Add(ref first, age);
            Vector512<float> r = Unsafe.Add(ref second, age);
            Vector512<float> t = tokens;
            (a0, b0) = (Vector512.FusedMultiplyAdd(q, t, a0), Vector512.FusedMultiplyAdd(r, t, b0));
            t = Unsafe.Add(ref tokens, 1);
            (a1, b1) = (Vector512.FusedMultiplyAdd(q, t, a1), Vector512.FusedMultiplyAdd(r, t, b1));
            t = Unsafe.Add(ref tokens, 2);
            (a2, b2) = (Vector512.FusedMultiplyAdd(q, t, a2), Vector512.FusedMultiplyAdd(r, t, b2));
            t = Unsafe.Add(ref tokens, 3);
            (a3, b3) = (Vector512.FusedMultiplyAdd(q, t, a3), Vector512.FusedMultiplyAdd(r, t, b3));
        }

        (result[0], result[1], result[2], result[3]) = (a0 * firstScale, a1 * firstScale, a2 * firstScale, a3 * firstScale);
        result = result[Width..];
        (result[0], result[1], result[2], result[3]) = (b0 * secondScale, b1 * secondScale, b2 * secondScale, b3 * secondScale);
    }
}
