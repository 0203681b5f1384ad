using System.Numerics;
using U2CMigration.Prediction.Histories;
using U2CMigration.Prediction.Predictors;

namespace U2CMigration.Prediction.TwoPhase;

/// <summary>Puts what the second phase says about its pages in the place of what the first said.</summary>
/// <param name="second">The prediction of the second phase: some of the blocks, in the same order.</param>
internal sealed class MergePass(PagePrediction second) : BlockPass
{
    /// <inheritdoc/>
    protected override void Do(PageHistories histories, PagePrediction prediction, int half, int from, int to)
    {
        int next = half == 0 ? 0 : FirstBehind(prediction, from);
        for (int block = from; block < to && next < second.Blocks.Count; block++)
        {
            if (prediction.Blocks[block] == second.Blocks[next])
            {
                for (int horizon = 0; horizon < PagePrediction.Horizons; horizon++)
                {
                    Copy(second.Candidates(next), second.Probabilities(next, horizon), prediction.Probabilities(block, horizon));
                }

                next++;
            }
        }
    }

    private int FirstBehind(PagePrediction prediction, int block)
    {
        int next = 0;
        for (int i = 0; i < block && next < second.Blocks.Count; i++)
        {
            next += prediction.Blocks[i] == second.Blocks[next] ? 1 : 0;
        }

        return next;
    }

    // One by one, because they are few in a block.
    private static void Copy(ReadOnlySpan<ulong> pages, ReadOnlySpan<float> from, Span<float> to)
    {
        for (int word = 0; word < pages.Length; word++)
        {
            for (ulong bits = pages[word]; bits != 0; bits &= bits - 1)
            {
                int page = (word * 64) + BitOperations.TrailingZeroCount(bits);
                to[page] = from[page];
            }
        }
    }
}
