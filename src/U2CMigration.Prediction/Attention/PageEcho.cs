using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using U2CMigration.Prediction.Histories;
using U2CMigration.Prediction.Networks;
using U2CMigration.Prediction.Predictors;

namespace U2CMigration.Prediction.Attention;

/// <summary>The echo of 16 pages, one in each lane: the shift at which a page's past fits itself best says what comes next if it goes on like that.</summary>
/// <remarks>The past of n samples, moved by s of them, fits by common / (either + 1): the samples of the n - s compared that were written in both, and in either.</remarks>
internal sealed class PageEcho
{
    /// <summary>How many inputs of the summary come from it: the fit, and what comes next for each horizon, as plus or minus the fit.</summary>
    public const int Features = 1 + PagePrediction.Horizons;

    private const int Shortest = PagePrediction.Horizons;
    private const int Longest = 24;
    private const int Lanes = LaneInputs.Lanes;

    // Of every page: the newest 32 samples; the oldest 32, the oldest in the highest bit; how many of all were written; how many there are.
    private readonly uint[] _newest = new uint[Lanes];
    private readonly uint[] _oldest = new uint[Lanes];
    private readonly int[] _written = new int[Lanes];
    private readonly int[] _samples = new int[Lanes];

    // For each shift the samples written in both.
    private readonly AlignedVectors _common = new(Longest + 1);

    /// <summary>Computes the inputs.</summary>
    /// <param name="pages">Exactly 16 pages.</param>
    /// <param name="features">Receives them.</param>
    public void Fill(ReadOnlySpan<PageInput> pages, Span<Vector512<float>> features)
    {
        Span<int> common = MemoryMarshal.Cast<Vector512<float>, int>(_common.Span);
        for (int lane = 0; lane < Lanes; lane++)
        {
            int samples = (int)pages[lane].Samples;
            ulong word = pages[lane].Dirty & HistoryBits.Mask(samples);
            (_newest[lane], _oldest[lane]) = ((uint)word, (uint)((word << (PageHistories.Depth - samples)) >> 32));
            (_written[lane], _samples[lane]) = (BitOperations.PopCount(word), samples);
            Compare(word, ref common[lane]);
        }

        Choose(features);
    }

    private static void Compare(ulong word, ref int common)
    {
        for (int shift = Shortest; shift <= Longest; shift++)
        {
            Unsafe.Add(ref common, shift * Lanes) = BitOperations.PopCount(word & (word >> shift));
        }
    }

    private void Choose(Span<Vector512<float>> features)
    {
        Vector512<uint> newest = Vector512.Create(_newest);
        Vector512<uint> oldest = Vector512.Create(_oldest);
        Vector512<int> samples = Vector512.Create(_samples);

        // Written in what is compared and written in what it is compared with: all but the oldest samples, and all but the newest.
        Vector512<int> sides = Vector512.Create(_written) << 1;
        for (int age = 0; age < Shortest; age++)
        {
            sides -= (Bit(newest, age) + Bit(oldest, 31 - age)).AsInt32();
        }

        Vector512<float> one = Vector512<float>.One;
        Vector512<float> bestCommon = default, bestEither = one;
        Vector512<uint> next = default;
        for (int shift = Shortest; shift <= Longest; shift++)
        {
            // Fractions are compared by multiplying.
            Vector512<int> both = _common.Span[shift].AsInt32();
            Vector512<float> common = Vector512.ConvertToSingle(both);
            Vector512<float> either = Vector512.ConvertToSingle(sides - both) + one;
            Vector512<float> better = Vector512.GreaterThan(common * bestEither, bestCommon * either)
                & Vector512.GreaterThanOrEqual(samples, Vector512.Create(2 * shift)).AsSingle();
            bestCommon = Vector512.ConditionalSelect(better, common, bestCommon);
            bestEither = Vector512.ConditionalSelect(better, either, bestEither);
            next = Vector512.ConditionalSelect(better.AsUInt32(), newest >>> (shift - PagePrediction.Horizons), next);
            sides -= (Bit(newest, shift) + Bit(oldest, 31 - shift)).AsInt32();
        }

        features[0] = bestCommon / bestEither;
        for (int horizon = 0; horizon < PagePrediction.Horizons; horizon++)
        {
            // Where nothing fits, plus or minus 0.
            Vector512<float> sign = Vector512.ConvertToSingle(Bit(next, PagePrediction.Horizons - 1 - horizon).AsInt32() << 1) - one;
            features[1 + horizon] = sign * features[0];
        }
    }

    private static Vector512<uint> Bit(Vector512<uint> words, int bit) => (words >>> bit) & Vector512<uint>.One;
}
