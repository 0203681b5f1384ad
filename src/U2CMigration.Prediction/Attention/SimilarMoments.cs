using System.Numerics;
using U2CMigration.Prediction.Histories;

namespace U2CMigration.Prediction.Attention;

/// <summary>
/// How alike the samples of the past and the present are, over all pages: where a workload goes through phases, the pages that will be written next are
/// those that were written after the moments most like this one.
/// </summary>
internal sealed class SimilarMoments
{
    /// <summary>How many samples in a row are compared.</summary>
    private const int Run = 3;

    // More chunks than this say nothing new; comparing them all would take longer than the prediction.
    private const int MostChunks = 512;

    private readonly float[][] _alike = [new float[PageHistories.Depth], new float[PageHistories.Depth], new float[PageHistories.Depth]];
    private readonly long[] _both = new long[PageHistories.Depth];
    private readonly long[] _written = new long[PageHistories.Depth];
    private long _pages;

    /// <summary>The share of pages written in a sample.</summary>
    public float Share(int age) => _pages == 0 ? 0 : (float)_written[age] / _pages;

    /// <summary>How like this moment another one is, from 0 to 1: the mean of common pages over all pages of the newest samples and those before the other moment.</summary>
    public float Likeness(int age) => (_alike[0][age] + _alike[1][age] + _alike[2][age]) / Run;

    /// <summary>Compares the newest sample with those before it.</summary>
    public void Observe(PageHistories histories)
    {
        float[] oldest = _alike[Run - 1];
        (_alike[1], _alike[2]) = (_alike[0], _alike[1]);
        _alike[0] = oldest;
        Array.Clear(_both);
        Array.Clear(_written);
        _pages = 0;
        int stride = Math.Max(1, histories.ChunkCount / MostChunks);
        for (int chunk = 1; chunk < histories.ChunkCount; chunk += stride)
        {
            Add(histories, chunk);
        }

        for (int age = 0; age < PageHistories.Depth; age++)
        {
            long either = _written[0] + _written[age] - _both[age];
            _alike[0][age] = either == 0 ? 1 : (float)_both[age] / either;
        }
    }

    /// <summary>Weights of past samples for a vote on what comes next: the more alike, the heavier.</summary>
    /// <param name="horizon">0 for the next sample.</param>
    /// <param name="sharpness">How much likeness counts.</param>
    /// <param name="samples">How many samples there are.</param>
    /// <param name="weights">Receives <see cref="PageInput.Window"/> weights whose sum is 1, or 0 when there is nothing to vote on.</param>
    public void FillVotes(int horizon, float sharpness, int samples, Span<float> weights)
    {
        weights.Clear();
        float sum = 0;
        int known = Math.Min(samples, PageInput.Window);
        for (int age = 0; age + horizon + 1 < known; age++)
        {
            // What followed the moment of age + horizon + 1 within horizon + 1 samples is the sample of this age.
            weights[age] = MathF.Exp(sharpness * (Likeness(age + horizon + 1) - 1));
            sum += weights[age];
        }

        for (int age = 0; sum > 0 && age < known; age++)
        {
            weights[age] /= sum;
        }
    }

    private void Add(PageHistories histories, int chunk)
    {
        ReadOnlySpan<ulong> known = histories.KnownPages(chunk);
        ReadOnlySpan<ulong> newest = histories.DirtyRow(chunk, 0);
        for (int word = 0; word < known.Length; word++)
        {
            _pages += BitOperations.PopCount(known[word]);
        }

        for (int age = 0; age < PageHistories.Depth; age++)
        {
            ReadOnlySpan<ulong> row = histories.DirtyRow(chunk, age);
            int both = 0;
            int written = 0;
            for (int word = 0; word < row.Length; word++)
            {
                both += BitOperations.PopCount(newest[word] & row[word]);
                written += BitOperations.PopCount(row[word]);
            }

            _both[age] += both;
            _written[age] += written;
        }
    }
}
