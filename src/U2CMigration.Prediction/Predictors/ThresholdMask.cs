using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace U2CMigration.Prediction.Predictors;

/// <summary>Compares many probabilities with a threshold at once.</summary>
internal static class ThresholdMask
{
    /// <summary>Sets one bit for each value: whether it is at least the threshold. Not a number is not.</summary>
    /// <param name="values">A multiple of 64 values.</param>
    /// <param name="threshold">The threshold.</param>
    /// <param name="bits">Receives a word for each 64 values.</param>
    public static void Fill(ReadOnlySpan<float> values, float threshold, Span<ulong> bits)
    {
        Vector512<float> limit = Vector512.Create(threshold);
        ReadOnlySpan<Vector512<float>> vectors = MemoryMarshal.Cast<float, Vector512<float>>(values);
        for (int i = 0; i < vectors.Length / 4; i++)
        {
            ulong word = 0;
            for (int part = 0; part < 4; part++)
            {
                word |= Vector512.GreaterThanOrEqual(vectors[(i * 4) + part], limit).ExtractMostSignificantBits() << (16 * part);
            }

            bits[i] = word;
        }
    }
}
