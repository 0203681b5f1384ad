using System.Numerics;
using System.Runtime.Intrinsics;
using U2CMigration.Prediction.Histories;
using U2CMigration.Prediction.Predictors;

namespace U2CMigration.Prediction.Networks;

/// <summary>Predicts the candidates of some blocks with a network: collects the distinct inputs, evaluates each once, 16 at a time, and hands the results out. One for each thread.</summary>
internal abstract class NetworkWorker<T>
    where T : unmanaged, IEquatable<T>
{
    private const int Lanes = 16;
    private const int Horizons = PagePrediction.Horizons;

    private readonly DistinctInputs<T> _distinct = new();
    private int[] _indices = [];
    private float[] _results = [];

    /// <summary>How many pages were predicted by their last value, ever.</summary>
    public long Fallbacks { get; private set; }

    /// <summary>How many inputs were evaluated in the last prediction.</summary>
    public int Evaluated => _distinct.Count;

    /// <summary>Predicts the blocks from one index to another (exclusive).</summary>
    public void Predict(PageHistories histories, PagePrediction prediction, int from, int to)
    {
        _distinct.Clear();
        int count = 0;
        for (int block = from; block < to; block++)
        {
            count = Collect(histories, prediction, block, count);
        }

        Evaluate();
        count = 0;
        for (int block = from; block < to; block++)
        {
            count = HandOut(histories, prediction, block, count);
        }
    }

    /// <summary>Turns to a chunk.</summary>
    protected abstract void Open(PageHistories histories, int chunk);

    /// <summary>Reads the input of a page of the chunk.</summary>
    protected abstract void Read(int page, out T input);

    /// <summary>Computes the logits of 16 inputs, a vector for each horizon.</summary>
    protected internal abstract ReadOnlySpan<Vector512<float>> Run(ReadOnlySpan<T> inputs);

    private int Collect(PageHistories histories, PagePrediction prediction, int block, int count)
    {
        int chunk = prediction.Blocks[block].Chunk;
        ReadOnlySpan<ulong> candidates = prediction.Candidates(block);
        if (histories.SamplesOf(chunk) == 0 || candidates.IndexOfAnyExcept(0UL) < 0)
        {
            return count;
        }

        Open(histories, chunk);
        if (_indices.Length < count + PageHistories.ChunkPages)
        {
            Array.Resize(ref _indices, Math.Max(2 * _indices.Length, 8 * PageHistories.ChunkPages));
        }

        for (int word = 0; word < candidates.Length; word++)
        {
            for (ulong rest = candidates[word]; rest != 0; rest &= rest - 1)
            {
                Read((word * 64) + BitOperations.TrailingZeroCount(rest), out T input);
                _indices[count++] = _distinct.IndexOf(in input);
            }
        }

        return count;
    }

    private void Evaluate()
    {
        ReadOnlySpan<T> inputs = _distinct.Padded;
        if (_results.Length < inputs.Length * Horizons)
        {
            _results = new float[inputs.Length * 2 * Horizons];
        }

        for (int first = 0; first < inputs.Length; first += Lanes)
        {
            ReadOnlySpan<Vector512<float>> logits = Run(inputs.Slice(first, Lanes));
            for (int horizon = 0; horizon < Horizons; horizon++)
            {
                Vector512<float> probability = Vector512<float>.One / (Vector512<float>.One + VectorExponential.Of(-logits[horizon]));
                probability.CopyTo(_results, (first * Horizons) + (horizon * Lanes));
            }
        }
    }

    private int HandOut(PageHistories histories, PagePrediction prediction, int block, int count)
    {
        int chunk = prediction.Blocks[block].Chunk;
        bool empty = histories.SamplesOf(chunk) == 0;
        ReadOnlySpan<ulong> candidates = prediction.Candidates(block);
        ReadOnlySpan<ulong> newest = histories.DirtyRow(chunk, 0);
        Span<float> p0 = prediction.Probabilities(block, 0);
        Span<float> p1 = prediction.Probabilities(block, 1);
        Span<float> p2 = prediction.Probabilities(block, 2);
        for (int word = 0; word < candidates.Length; word++)
        {
            for (ulong rest = candidates[word]; rest != 0; rest &= rest - 1)
            {
                int bit = BitOperations.TrailingZeroCount(rest);
                int page = (word * 64) + bit;
                int at = empty ? 0 : PlaceOf(_indices[count++]);
                if (empty || !float.IsFinite(_results[at] + _results[at + Lanes] + _results[at + (2 * Lanes)]))
                {
                    p0[page] = p1[page] = p2[page] = (newest[word] >> bit) & 1;
                    Fallbacks++;
                    continue;
                }

                (p0[page], p1[page], p2[page]) = (_results[at], _results[at + Lanes], _results[at + (2 * Lanes)]);
            }
        }

        return count;
    }

    private static int PlaceOf(int index) => (index / Lanes * Lanes * Horizons) + (index % Lanes);
}
