using System.Numerics;
using U2CMigration.Prediction.Predictors;

namespace U2CMigration.Prediction.Blocks;

/// <summary>Puts answers that stand one behind the other to their pages.</summary>
internal static class AnswerSpread
{
    /// <summary>Copies the answers for the candidates of a block.</summary>
    /// <param name="answers">The answers.</param>
    /// <param name="at">The number of the block's first candidate.</param>
    /// <param name="candidates">The candidates, one bit a page.</param>
    /// <param name="prediction">Receives them.</param>
    /// <param name="block">The block there.</param>
    public static void Copy(ModelAnswers answers, int at, ReadOnlySpan<ulong> candidates, PagePrediction prediction, int block)
    {
        for (int horizon = 0; horizon < PagePrediction.Horizons; horizon++)
        {
            ReadOnlySpan<float> from = answers.Of(horizon)[at..];
            Span<float> to = prediction.Probabilities(block, horizon);
            int next = 0;
            for (int word = 0; word < candidates.Length; word++)
            {
                for (ulong bits = candidates[word]; bits != 0; bits &= bits - 1)
                {
                    to[(word * 64) + BitOperations.TrailingZeroCount(bits)] = from[next++];
                }
            }
        }
    }
}
