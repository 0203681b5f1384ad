using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace U2CMigration.Prediction.Attention;

/// <summary>Bits of the words of 16 pages as numbers, one page in each lane.</summary>
internal static class LaneBits
{
    /// <summary>Makes 0 or 1 of each bit.</summary>
    /// <param name="words">16 words.</param>
    /// <param name="bits">Receives a vector for each bit, the lowest first; at most 64.</param>
    public static void Spread(ReadOnlySpan<ulong> words, Span<Vector512<float>> bits)
    {
        ReadOnlySpan<Vector512<ulong>> halves = MemoryMarshal.Cast<ulong, Vector512<ulong>>(words);
        Vector512<uint> low = Vector512.Narrow(halves[0] & Vector512.Create<ulong>(uint.MaxValue), halves[1] & Vector512.Create<ulong>(uint.MaxValue));
        Vector512<uint> high = High(halves);
        for (int i = 0; i < bits.Length; i++)
        {
            bits[i] = Number(i < 32 ? low >>> i : high >>> (i - 32));
        }
    }

    /// <summary>Makes 0 or 1 of each of the highest bits.</summary>
    /// <param name="words">16 words.</param>
    /// <param name="bits">Receives a vector for each bit, the highest first; at most 32.</param>
    public static void SpreadHighest(ReadOnlySpan<ulong> words, Span<Vector512<float>> bits)
    {
        Vector512<uint> high = High(MemoryMarshal.Cast<ulong, Vector512<ulong>>(words));
        for (int i = 0; i < bits.Length; i++)
        {
            bits[i] = Number(high >>> (31 - i));
        }
    }

    private static Vector512<uint> High(ReadOnlySpan<Vector512<ulong>> halves) => Vector512.Narrow(halves[0] >>> 32, halves[1] >>> 32);

    private static Vector512<float> Number(Vector512<uint> bits) => Vector512.ConvertToSingle((bits & Vector512<uint>.One).AsInt32());
}
