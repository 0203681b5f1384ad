using U2CMigration.Prediction.Histories;
using U2CMigration.Prediction.Predictors;

namespace U2CMigration.Prediction.Forests;

/// <summary>Collects what pages did in recorded histories, and grows a forest from it.</summary>
/// <remarks>Pages that were written lately are collected at random up to a bound, so that long traces do not outweigh short ones when each gets the same bound.</remarks>
public sealed class RandomForestTrainer
{
    private readonly Random _random;
    private readonly List<float[]> _figures = [];
    private readonly List<byte> _outcomes = [];

    /// <summary>Starts an empty collection.</summary>
    /// <param name="seed">The same seed and the same samples give the same forest.</param>
    public RandomForestTrainer(int seed) => _random = new Random(seed);

    /// <summary>How many pages were collected.</summary>
    public int Count => _figures.Count;

    /// <summary>Collects some pages as they were three samples ago, with what they did since.</summary>
    /// <param name="histories">The histories.</param>
    /// <param name="pages">How many pages at most.</param>
    public void Collect(PageHistories histories, int pages)
    {
        ArgumentNullException.ThrowIfNull(histories);
        Span<ulong> words = stackalloc ulong[64];
        Span<float> shares = stackalloc float[PagePrediction.Horizons + 2];
        for (int i = 0; i < pages && histories.ChunkCount > 1; i++)
        {
            int chunk = _random.Next(1, histories.ChunkCount);
            int samples = histories.SamplesOf(chunk);
            histories.DirtyWords(chunk, _random.Next(PageHistories.ChunkWords), words);
            int page = _random.Next(64);
            if (samples <= PagePrediction.Horizons || words[page] == 0)
            {
                continue;
            }

            ChunkShares.Fill(histories, chunk, shares);
            float[] figures = new float[ForestFeatures.Count];
            ForestFeatures.Fill(words, page, samples, PagePrediction.Horizons, shares, figures);
            _figures.Add(figures);

            // Bit h is the outcome of horizon h: the oldest of the three newest samples came first.
            ulong word = words[page];
            _outcomes.Add((byte)(((word >> 2) & 1) | (word & 2) | ((word & 1) << 2)));
        }
    }

    /// <summary>Grows a forest from what was collected.</summary>
    /// <param name="trees">How many trees.</param>
    /// <param name="depth">How many questions one after the other at most.</param>
    /// <exception cref="InvalidOperationException">Nothing was collected.</exception>
    public RandomForest Train(int trees = 24, int depth = 10)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(trees);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(depth);
        if (_figures.Count == 0)
        {
            throw new InvalidOperationException("There is nothing to grow a forest from.");
        }

        float[][] figures = [.. _figures];
        byte[] outcomes = [.. _outcomes];
        return new RandomForest([.. Enumerable.Range(0, trees).Select(_ => new TreeGrower(figures, outcomes, depth, _random.Next()).Grow())]);
    }
}
