using System.Numerics;
using U2CMigration.Prediction.Histories;
using U2CMigration.Prediction.Predictors;

namespace U2CMigration.Prediction.Evaluation;

/// <summary>Keeps the score of one predictor for one horizon and one kind of pages, sample after sample.</summary>
internal sealed class ScoreKeeper
{
    private readonly ThresholdChoice _threshold = new();
    private readonly PageScores _pages = new();
    private readonly PredictionScore _score = new();

    /// <summary>Compares a prediction with the newest sample of the histories.</summary>
    /// <param name="histories">The histories.</param>
    /// <param name="prediction">What was predicted for that sample.</param>
    /// <param name="horizon">At which horizon.</param>
    /// <param name="pages">For each block of the prediction the pages that count, one bit each.</param>
    /// <param name="counts">False while the predictor warms up: its threshold learns, the score does not.</param>
    public void Judge(PageHistories histories, PagePrediction prediction, int horizon, ReadOnlySpan<ulong> pages, bool counts)
    {
        float threshold = _threshold.Choose();
        float own = prediction.Thresholds[horizon];
        for (int block = 0; block < prediction.Blocks.Count; block++)
        {
            int chunk = prediction.Blocks[block].Chunk;
            ReadOnlySpan<ulong> outcome = histories.DirtyRow(chunk, 0);
            ReadOnlySpan<float> probabilities = prediction.Probabilities(block, horizon);
            for (int word = 0; word < PageHistories.ChunkWords; word++)
            {
                for (ulong bits = pages[(block * PageHistories.ChunkWords) + word]; bits != 0; bits &= bits - 1)
                {
                    int bit = BitOperations.TrailingZeroCount(bits);
                    int page = (word * 64) + bit;
                    bool written = ((outcome[word] >> bit) & 1) != 0;
                    float probability = probabilities[page];
                    _threshold.Observe(probability, written);
                    if (counts)
                    {
                        Count((chunk * PageHistories.ChunkPages) + page, probability, written, threshold, own);
                    }
                }
            }
        }

        _threshold.Next();
    }

    /// <summary>The score of all samples judged.</summary>
    public PredictionScore Finish()
    {
        _score.AddPages(_pages);
        return _score;
    }

    private void Count(int page, float probability, bool written, float threshold, float own)
    {
        bool predicted = probability >= threshold;
        _score.Histogram.Add(probability, written);
        _score.Reliability.Add(probability, written);
        _score.Add(One(predicted, written), One(probability >= own, written), 1);
        _pages.Add(page, predicted, written);
    }

    private static Confusion One(bool predicted, bool written) => new(predicted && written ? 1 : 0, predicted && !written ? 1 : 0, !predicted && written ? 1 : 0);
}
