using System.Runtime.Intrinsics;
using U2CMigration.Prediction.DataShift;
using U2CMigration.Prediction.Histories;

namespace U2CMigration.Prediction.Contexts;

/// <summary>Finds the moments of the past at which a container wrote the same pages as now: iterations of a solver, epochs, garbage collections, whether or not they keep time.</summary>
/// <remarks>
/// Two samples are as similar as the cosine between them as sets of pages; two moments as similar as the last few samples up to each, older ones weighing less.
/// What the pages did after the similar moments is what they may do next.
/// </remarks>
internal sealed class MomentFinder
{
    /// <summary>Moments at least so many samples ago, so that what came after them is known for all horizons.</summary>
    private const int Nearest = 3;
    private const int Farthest = 58;
    private const int Length = 4;
    private const int Ages = 4;
    private const int ChunksCompared = 512;

    private readonly double[,] _similar = new double[Length, Farthest + 1];
    private readonly long[] _both = new long[Farthest + 1];
    private readonly long[] _then = new long[Farthest + 1];
    private readonly SimilarMoments[] _moments = new SimilarMoments[Ages];
    private readonly int[] _repeats = new int[Ages];
    private int _chunk;
    private int _sample;

    /// <summary>The moments similar to that of some samples ago.</summary>
    /// <param name="age">0 to 3.</param>
    public SimilarMoments At(int age) => _moments[(_sample - age + (2 * Ages)) % Ages];

    /// <summary>How many of the pages written one and two samples before some moment were written at it again, in eight steps each: the regime that the container is in.</summary>
    /// <param name="age">0 to 3.</param>
    public int RepeatsAt(int age) => _repeats[(_sample - age + (2 * Ages)) % Ages];

    /// <summary>Takes in the newest sample.</summary>
    public void Learn(PageHistories histories)
    {
        _sample = (int)(histories.SampleCount % (Ages * Length));
        Compare(histories);
        Span<double> scores = stackalloc double[Farthest + 1];
        for (int lag = Nearest; lag <= Farthest; lag++)
        {
            double weight = 1;
            for (int i = 0; i < Length; i++, weight *= 0.6)
            {
                scores[lag] += weight * _similar[(_sample + Length - i) % Length, lag];
            }
        }

        _repeats[_sample % Ages] = (Share(1) << 3) | Share(2);
        _moments[_sample % Ages] = new SimilarMoments(TakeBest(scores), TakeBest(scores), TakeBest(scores));
    }

    private void Compare(PageHistories histories)
    {
        Array.Clear(_both);
        Array.Clear(_then);
        long now = 0;
        int samples = (int)Math.Min(Farthest, histories.SampleCount - 2);
        for (int i = Math.Min(ChunksCompared, histories.ChunkCount - 1); i > 0; i--)
        {
            _chunk = _chunk + 1 < histories.ChunkCount ? _chunk + 1 : 1;
            Vector512<ulong> newest = DataShiftKernel.Row(histories, _chunk, 0);
            now += BitVector.Count(newest);
            for (int lag = 1; lag <= samples; lag++)
            {
                Vector512<ulong> then = DataShiftKernel.Row(histories, _chunk, lag);
                _both[lag] += BitVector.Count(then & newest);
                _then[lag] += BitVector.Count(then);
            }
        }

        for (int lag = Nearest; lag <= Farthest; lag++)
        {
            _similar[_sample % Length, lag] = lag > samples ? 0 : _both[lag] / Math.Sqrt(Math.Max(1.0, now * (double)_then[lag]));
        }
    }

    private int Share(int lag) => (int)Math.Min(7, 8.0 * _both[lag] / Math.Max(1, _then[lag]));

    private static int TakeBest(Span<double> scores)
    {
        int best = 0;
        for (int lag = Nearest; lag <= Farthest; lag++)
        {
            best = scores[lag] > scores[best] ? lag : best;
        }

        // What is left at the place of a moment that is taken can not be the best again.
        scores[best] = best == 0 ? 0 : -1;
        return best;
    }
}
