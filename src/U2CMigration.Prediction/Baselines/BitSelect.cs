using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace U2CMigration.Prediction.Baselines;

/// <summary>Turns bits into one of two values each.</summary>
internal static class BitSelect
{
    private static readonly Vector512<uint> Lanes = Vector512.Create(
        1u << 0, 1u << 1, 1u << 2, 1u << 3, 1u << 4, 1u << 5, 1u << 6, 1u << 7, 1u << 8, 1u << 9, 1u << 10, 1u << 11, 1u << 12, 1u << 13, 1u << 14, 1u << 15);

    /// <summary>Writes a value for each bit.</summary>
    /// <param name="bits">The bits.</param>
    /// <param name="clear">The value of a bit that is not set.</param>
    /// <param name="set">The value of a bit that is set.</param>
    /// <param name="values">Receives 64 values for each word.</param>
    public static void Fill(ReadOnlySpan<ulong> bits, float clear, float set, Span<float> values)
    {
        Vector512<float> no = Vector512.Create(clear);
        Vector512<float> yes = Vector512.Create(set);
        Span<Vector512<float>> vectors = MemoryMarshal.Cast<float, Vector512<float>>(values);
        for (int i = 0; i < vectors.Length; i++)
        {
            uint part = (uint)(bits[i / 4] >> (16 * (i & 3)));
            Vector512<uint> hit = Vector512.Equals(Vector512.Create(part) & Lanes, Lanes);
            vectors[i] = Vector512.ConditionalSelect(hit.AsSingle(), yes, no);
        }
    }
}
