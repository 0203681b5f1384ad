using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace U2CMigration.Prediction.Predictors;

/// <summary>Whether values are probabilities.</summary>
internal static class ProbabilityRange
{
    /// <summary>Whether all values of candidates lie between 0 and 1, both included.</summary>
    public static bool Holds(ReadOnlySpan<float> values, ReadOnlySpan<ulong> candidates)
    {
        ReadOnlySpan<Vector512<float>> vectors = MemoryMarshal.Cast<float, Vector512<float>>(values);
        ulong wrong = 0;
        for (int i = 0; i < vectors.Length; i++)
        {
            ulong some = (candidates[i / 4] >> (16 * (i & 3))) & 0xffff;
            if (some != 0)
            {
                wrong |= some & ~Inside(vectors[i]);
            }
        }

        return wrong == 0;
    }

    /// <summary>Whether all values lie between 0 and 1, both included.</summary>
    public static bool Holds(ReadOnlySpan<float> values)
    {
        ulong inside = 0xffff;
        ReadOnlySpan<Vector512<float>> vectors = MemoryMarshal.Cast<float, Vector512<float>>(values);
        foreach (Vector512<float> some in vectors)
        {
            inside &= Inside(some);
        }

        bool holds = inside == 0xffff;
        foreach (float value in values[(vectors.Length * Vector512<float>.Count)..])
        {
            holds &= value is >= 0 and <= 1;
        }

        return holds;
    }

    private static ulong Inside(Vector512<float> values) =>
        (Vector512.GreaterThanOrEqual(values, Vector512<float>.Zero) & Vector512.LessThanOrEqual(values, Vector512<float>.One)).ExtractMostSignificantBits();
}
