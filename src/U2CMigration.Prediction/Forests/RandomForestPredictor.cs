using System.Numerics;
using U2CMigration.Prediction.Histories;
using U2CMigration.Prediction.Predictors;

namespace U2CMigration.Prediction.Forests;

/// <summary>Predicts pages by a random forest grown in advance: what MBDP, the method that the paper compares itself with, does.</summary>
public sealed class RandomForestPredictor : IPagePredictor
{
    private readonly RandomForest _forest;

    /// <summary>Predicts with a forest.</summary>
    /// <param name="forest">The forest.</param>
    public RandomForestPredictor(RandomForest forest)
    {
        ArgumentNullException.ThrowIfNull(forest);
        _forest = forest;
    }

    /// <inheritdoc/>
    public string Name => "random-forest";

    /// <inheritdoc/>
    public void Learn(PageHistories histories)
    {
    }

    /// <inheritdoc/>
    public void Predict(PageHistories histories, PagePrediction prediction)
    {
        ArgumentNullException.ThrowIfNull(histories);
        ArgumentNullException.ThrowIfNull(prediction);
        Span<ulong> words = stackalloc ulong[64];
        Span<float> shares = stackalloc float[2];
        for (int block = 0; block < prediction.Blocks.Count; block++)
        {
            ChunkShares.Fill(histories, prediction.Blocks[block].Chunk, shares);
            for (int group = 0; group < PageHistories.ChunkWords; group++)
            {
                if (prediction.Candidates(block)[group] != 0)
                {
                    histories.DirtyWords(prediction.Blocks[block].Chunk, group, words);
                    Predict(histories.SamplesOf(prediction.Blocks[block].Chunk), words, shares, prediction, block, group);
                }
            }
        }
    }

    private void Predict(int samples, ReadOnlySpan<ulong> words, ReadOnlySpan<float> shares, PagePrediction prediction, int block, int group)
    {
        Span<float> figures = stackalloc float[ForestFeatures.Count];
        for (ulong bits = prediction.Candidates(block)[group]; bits != 0; bits &= bits - 1)
        {
            int page = BitOperations.TrailingZeroCount(bits);
            ForestFeatures.Fill(words, page, samples, 0, shares, figures);
            (float next, float second, float third) = _forest.Predict(figures);
            int at = (group * 64) + page;
            prediction.Probabilities(block, 0)[at] = next;
            prediction.Probabilities(block, 1)[at] = second;
            prediction.Probabilities(block, 2)[at] = third;
        }
    }
}
