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

    // How many shifts are compared at once, their sums in registers.
    private const int Together = 8;

    private readonly ulong[] _words = new ulong[LaneInputs.Lanes];
    private readonly ulong[] _oldestOnTop = new ulong[LaneInputs.Lanes];
    private readonly float[] _samples = new float[LaneInputs.Lanes];

    // By age; what lies behind the oldest sample is zero.
    private readonly AlignedVectors _written = new(PageHistories.Depth + Longest + Together);
    private readonly AlignedVectors _common = new(Longest + Together);
    private readonly AlignedVectors _oldest = new(Longest + 1);

    /// <summary>Computes the inputs.</summary>
    /// <param name="pages">Exactly 16 pages.</param>
    /// <param name="features">Receives them.</param>
    public void Fill(ReadOnlySpan<PageInput> pages, Span<Vector512<float>> features)
    {
        Spread(pages);
        for (int shift = Shortest; shift <= Longest; shift += Together)
        {
            Compare(shift);
        }

        Choose(features);
    }

    private void Spread(ReadOnlySpan<PageInput> pages)
    {
        for (int lane = 0; lane < LaneInputs.Lanes; lane++)
        {
            int samples = (int)pages[lane].Samples;
            _words[lane] = pages[lane].Dirty & HistoryBits.Mask(samples);
            _oldestOnTop[lane] = _words[lane] << (PageHistories.Depth - samples);
            _samples[lane] = samples;
        }

        LaneBits.Spread(_words, _written.Span[..PageHistories.Depth]);
        LaneBits.SpreadHighest(_oldestOnTop, _oldest.Span);
    }

    private void Compare(int shift)
    {
        Vector512<float> s0 = default, s1 = default, s2 = default, s3 = default, s4 = default, s5 = default, s6 = default, s7 = default;
        ref Vector512<float> written = ref _written.First;
        ref Vector512<float> then = ref Unsafe.Add(ref written, shift);
        for (int age = 0; age < PageHistories.Depth - shift; age++, then = ref Unsafe.Add(ref then, 1))
        {
            Vector512<float> now = Unsafe.Add(ref written, age);
            s0 = Vector512.FusedMultiplyAdd(now, Unsafe.Add(ref then, 0), s0);
            s1 = Vector512.FusedMultiplyAdd(now, Unsafe.Add(ref then, 1), s1);
            s2 = Vector512.FusedMultiplyAdd(now, Unsafe.Add(ref then, 2), s2);
            s3 = Vector512.FusedMultiplyAdd(now, Unsafe.Add(ref then, 3), s3);
            s4 = Vector512.FusedMultiplyAdd(now, Unsafe.Add(ref then, 4), s4);
            s5 = Vector512.FusedMultiplyAdd(now, Unsafe.Add(ref then, 5), s5);
            s6 = Vector512.FusedMultiplyAdd(now, Unsafe.Add(ref then, 6), s6);
            s7 = Vector512.FusedMultiplyAdd(now, Unsafe.Add(ref then, 7), s7);
        }

        Span<Vector512<float>> common = _common.Span.Slice(shift, Together);
        (common[0], common[1], common[2], common[3], common[4], common[5], common[6], common[7]) = (s0, s1, s2, s3, s4, s5, s6, s7);
    }

    private void Choose(Span<Vector512<float>> features)
    {
        Span<Vector512<float>> written = _written.Span;
        Span<Vector512<float>> oldestFirst = _oldest.Span;
        Vector512<float> one = Vector512<float>.One;
        Vector512<float> samples = Vector512.Create(_samples);
        Vector512<float> all = Sum(written[..PageHistories.Depth]);
        Vector512<float> newest = Sum(written[..Shortest]);
        Vector512<float> oldest = Sum(oldestFirst[..Shortest]);
        Vector512<float> bestCommon = default, bestEither = default;
        (features[1], features[2], features[3]) = (default, default, default);
        for (int shift = Shortest; shift <= Longest; shift++)
        {
            // Fractions are compared by multiplying. Either: written in what is compared, and in what it is compared with, less what is in both.
            Vector512<float> common = _common.Span[shift];
            Vector512<float> either = all - oldest + (all - newest) - common;
            Vector512<float> better = Vector512.GreaterThan(common * (bestEither + one), bestCommon * (either + one))
                & Vector512.GreaterThanOrEqual(samples, Vector512.Create(2f * shift));
            bestCommon = Vector512.ConditionalSelect(better, common, bestCommon);
            bestEither = Vector512.ConditionalSelect(better, either, bestEither);
            for (int horizon = 0; horizon < PagePrediction.Horizons; horizon++)
            {
                Vector512<float> next = (written[shift - 1 - horizon] * 2f) - one;
                features[1 + horizon] = Vector512.ConditionalSelect(better, next, features[1 + horizon]);
            }

            newest += written[shift];
            oldest += oldestFirst[shift];
        }

        features[0] = bestCommon / (bestEither + one);
        for (int horizon = 0; horizon < PagePrediction.Horizons; horizon++)
        {
            features[1 + horizon] *= features[0];
        }
    }

    private static Vector512<float> Sum(ReadOnlySpan<Vector512<float>> values)
    {
        Vector512<float> sum = default;
        foreach (Vector512<float> value in values)
        {
            sum += value;
        }

        return sum;
    }
}
