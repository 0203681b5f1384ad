using System.Numerics;
using U2CMigration.Prediction.Histories;
using U2CMigration.Prediction.Predictors;

namespace U2CMigration.Prediction.Blocks;

/// <summary>The candidates of one block of a prediction, without the gaps between them, and the histories of all pages of its chunk. One for each thread.</summary>
internal sealed class BlockView
{
    private readonly int[] _pages = new int[PageHistories.ChunkPages];
    private readonly ulong[] _words = new ulong[PageHistories.ChunkPages];
    private int _count;

    /// <summary>The histories.</summary>
    public PageHistories Histories { get; private set; } = null!;

    /// <summary>The index of the block in the prediction.</summary>
    public int Block { get; private set; }

    /// <summary>The chunk in the histories.</summary>
    public int Chunk { get; private set; }

    /// <summary>How many samples say something about the chunk.</summary>
    public int Samples { get; private set; }

    /// <summary>The candidates, by their places in the chunk, ascending.</summary>
    public ReadOnlySpan<int> Pages => _pages.AsSpan(0, _count);

    /// <summary>The histories of all pages of the chunk; bit 0 is the newest sample.</summary>
    public ReadOnlySpan<ulong> Words => _words;

    /// <summary>Turns to a block.</summary>
    public void Load(PageHistories histories, PagePrediction prediction, int block)
    {
        (Histories, Block, Chunk) = (histories, block, prediction.Blocks[block].Chunk);
        Samples = histories.SamplesOf(Chunk);
        ReadOnlySpan<ulong> candidates = prediction.Candidates(block);
        _count = 0;
        for (int word = 0; word < candidates.Length; word++)
        {
            for (ulong bits = candidates[word]; bits != 0; bits &= bits - 1)
            {
                _pages[_count++] = (word * 64) + BitOperations.TrailingZeroCount(bits);
            }
        }

        if (_count > 0)
        {
            histories.AllDirtyWords(Chunk, _words);
        }
    }
}
