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
                Vector512<float> inside = Vector512.GreaterThanOrEqual(vectors[i], Vector512<float>.Zero) & Vector512.LessThanOrEqual(vectors[i], Vector512<float>.One);
                wrong |= some & ~inside.ExtractMostSignificantBits();
            }
        }

        return wrong == 0;
    }
}
