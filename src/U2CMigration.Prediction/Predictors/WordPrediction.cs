using System.Numerics;
using U2CMigration.Prediction.Histories;

namespace U2CMigration.Prediction.Predictors;

/// <summary>Runs an <see cref="IWordModel"/> over the candidates.</summary>
internal static class WordPrediction
{
    /// <summary>Predicts all candidates.</summary>
    public static void Run<TModel>(TModel model, PageHistories histories, PagePrediction prediction)
        where TModel : IWordModel =>
        Run(model, histories, prediction, 0, prediction.Blocks.Count);

    /// <summary>Predicts the candidates of the blocks from one index to another (exclusive).</summary>
    public static void Run<TModel>(TModel model, PageHistories histories, PagePrediction prediction, int from, int to)
        where TModel : IWordModel
    {
        Span<ulong> words = stackalloc ulong[64];
        Span<float> probabilities = stackalloc float[PagePrediction.Horizons];
        for (int block = from; block < to; block++)
        {
            int chunk = prediction.Blocks[block].Chunk;
            int samples = histories.SamplesOf(chunk);
            Span<float> next = prediction.Probabilities(block, 0);
            Span<float> second = prediction.Probabilities(block, 1);
            Span<float> third = prediction.Probabilities(block, 2);
            for (int group = 0; group < PageHistories.ChunkWords; group++)
            {
                ulong pages = prediction.Candidates(block)[group];
                if (pages == 0)
                {
                    continue;
                }

                histories.DirtyWords(chunk, group, words);
                ulong lastWord = 0;
                model.Predict(0, samples, probabilities);
                for (; pages != 0; pages &= pages - 1)
                {
                    int page = BitOperations.TrailingZeroCount(pages);
                    if (words[page] != lastWord)
                    {
                        lastWord = words[page];
                        model.Predict(lastWord, samples, probabilities);
                    }

                    int at = (group * 64) + page;
                    next[at] = probabilities[0];
                    second[at] = probabilities[1];
                    third[at] = probabilities[2];
                }
            }
        }
    }
}
