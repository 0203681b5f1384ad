using System.Numerics;

namespace U2CMigration.Prediction.Calibration;

/// <summary>Finds the threshold that is best for F1, given calibrated probabilities: what is expected to happen is known from them.</summary>
/// <remarks>
/// With a threshold t, the expected true positives are the sum of the probabilities from t on, the predicted positives are their number, and the expected positives
/// are the sum of all. The probabilities are counted in bins of equal width in their square root, so that small ones are told apart.
/// </remarks>
public sealed class ExpectedScore
{
    private const int Bins = 256;

    private readonly double[] _pages = new double[Bins];
    private readonly double[] _sums = new double[Bins];

    /// <summary>Forgets all probabilities.</summary>
    public void Clear()
    {
        Array.Clear(_pages);
        Array.Clear(_sums);
    }

    /// <summary>Adds pages.</summary>
    /// <param name="probability">Their probability; ignored when it is not a number.</param>
    /// <param name="pages">How many.</param>
    public void Add(float probability, double pages = 1)
    {
        if (probability >= 0)
        {
            int bin = Math.Min((int)(MathF.Sqrt(probability) * Bins), Bins - 1);
            _pages[bin] += pages;
            _sums[bin] += pages * probability;
        }
    }

    /// <summary>Adds the pages of another score.</summary>
    internal void Add(ExpectedScore other)
    {
        for (int bin = 0; bin < Bins; bin++)
        {
            _pages[bin] += other._pages[bin];
            _sums[bin] += other._sums[bin];
        }
    }

    /// <summary>Adds pages with a probability each.</summary>
    /// <param name="probabilities">64 for each word.</param>
    /// <param name="pages">One bit each: which of them count.</param>
    public void Add(ReadOnlySpan<float> probabilities, ReadOnlySpan<ulong> pages)
    {
        float last = -1;
        int run = 0;
        for (int word = 0; word < pages.Length; word++)
        {
            for (ulong bits = pages[word]; bits != 0; bits &= bits - 1)
            {
                float probability = probabilities[(word * 64) + BitOperations.TrailingZeroCount(bits)];
                if (probability != last)
                {
                    Add(last, run);
                    (last, run) = (probability, 0);
                }

                run++;
            }
        }

        Add(last, run);
    }

    /// <summary>The threshold with the largest expected F1; 0.5 when nothing is expected to be written.</summary>
    public float BestThreshold()
    {
        double positives = 0;
        foreach (double sum in _sums)
        {
            positives += sum;
        }

        double best = 0;
        float threshold = 0.5f;
        double pages = 0;
        double hits = 0;
        for (int bin = Bins - 1; bin > 0 && positives > 0; bin--)
        {
            pages += _pages[bin];
            hits += _sums[bin];
            double score = 2 * hits / (pages + positives);
            if (_pages[bin] > 0 && score > best)
            {
                best = score;
                float root = bin / (float)Bins;
                threshold = root * root;
            }
        }

        return threshold;
    }
}
