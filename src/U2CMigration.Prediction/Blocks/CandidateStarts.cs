using System.Numerics;
using U2CMigration.Prediction.Predictors;

namespace U2CMigration.Prediction.Blocks;

/// <summary>Where the candidates of each block begin when all are numbered from 0, in the order of blocks and pages.</summary>
internal sealed class CandidateStarts
{
    private int[] _starts = new int[1];
    private int _blocks;

    /// <summary>How many candidates there are.</summary>
    public int Count => _starts[_blocks];

    /// <summary>The number of the first candidate of a block; for the block behind the last, of how many there are.</summary>
    public int this[int block] => _starts[block];

    /// <summary>Numbers the candidates of a prediction.</summary>
    public void Fill(PagePrediction prediction)
    {
        _blocks = prediction.Blocks.Count;
        if (_starts.Length <= _blocks)
        {
            _starts = new int[_blocks + (_blocks / 2) + 1];
        }

        int count = 0;
        for (int block = 0; block < _blocks; block++)
        {
            _starts[block] = count;
            foreach (ulong word in prediction.Candidates(block))
            {
                count += BitOperations.PopCount(word);
            }
        }

        _starts[_blocks] = count;
    }
}
