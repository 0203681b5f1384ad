using System.Numerics;
using U2CMigration.Prediction.Histories;
using U2CMigration.Prediction.Predictors;

namespace U2CMigration.Prediction.Blending;

/// <summary>What several predictors say about the candidates of one block, without the gaps between them, as log odds.</summary>
internal sealed class BlockLogits
{
    private readonly int[] _pages = new int[PageHistories.ChunkPages];
    private readonly float[] _logits;
    private int _count;

    /// <param name="inputs">How many predictors.</param>
    public BlockLogits(int inputs) => _logits = new float[inputs * PageHistories.ChunkPages];

    /// <summary>The candidates, by their places in the chunk.</summary>
    public ReadOnlySpan<int> Pages => _pages.AsSpan(0, _count);

    /// <summary>Takes the candidates of a block.</summary>
    public void Begin(ReadOnlySpan<ulong> candidates)
    {
        _count = 0;
        for (int word = 0; word < candidates.Length; word++)
        {
            for (ulong bits = candidates[word]; bits != 0; bits &= bits - 1)
            {
                _pages[_count++] = (word * 64) + BitOperations.TrailingZeroCount(bits);
            }
        }
    }

    /// <summary>Takes what a predictor says.</summary>
    public void Take(int input, ReadOnlySpan<float> probabilities)
    {
        Span<float> values = _logits.AsSpan(input * PageHistories.ChunkPages, PageHistories.ChunkPages);
        for (int i = 0; i < _count; i++)
        {
            values[i] = probabilities[_pages[i]];
        }

        Logit.Of(values[..((_count + 15) & ~15)]);
    }

    /// <summary>The log odds that a predictor gave, by candidate.</summary>
    public ReadOnlySpan<float> Of(int input) => _logits.AsSpan(input * PageHistories.ChunkPages, _count);
}
