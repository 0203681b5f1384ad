using System.Runtime.Intrinsics;
using U2CMigration.Prediction.Blocks;
using U2CMigration.Prediction.Histories;
using U2CMigration.Prediction.Predictors;

namespace U2CMigration.Prediction.Networks;

/// <summary>Predicts the candidates of some blocks with a network: collects the distinct inputs, evaluates each once, 16 at a time, and hands the results out. One for each thread.</summary>
internal abstract class NetworkWorker<T>
    where T : unmanaged, IEquatable<T>
{
    private const int Lanes = 16;
    private const int Horizons = PagePrediction.Horizons;

    // Where more inputs than these differ, hardly any comes again, and they would leave the cache before they are evaluated.
    private const int MostDistinct = 4096;

    private readonly DistinctInputs<T> _distinct = new();

    // For each page twice the number of its input and its last value; the number is -1 where there is nothing to predict from.
    private int[] _pages = [];
    private float[] _results = [];
    private int _first;
    private int _count;
    private int _evaluated;

    /// <summary>How many pages were predicted by their last value, ever.</summary>
    public long Fallbacks { get; private set; }

    /// <summary>How many inputs were evaluated in the last prediction.</summary>
    public int Evaluated { get; private set; }

    /// <summary>Begins a prediction.</summary>
    public void Begin()
    {
        Forget();
        Evaluated = 0;
    }

    /// <summary>Collects the inputs of the candidates of a block.</summary>
    /// <param name="block">The block; ascending, without gaps since <see cref="Answer"/>.</param>
    /// <param name="answers">Receives the results, now or in <see cref="Answer"/>.</param>
    /// <param name="at">The number of its first candidate.</param>
    public void Collect(BlockView block, ModelAnswers answers, int at)
    {
        if (block.Pages.IsEmpty)
        {
            return;
        }

        if (_distinct.Count >= MostDistinct)
        {
            Answer(answers);
            Forget();
        }

        _first = _count == 0 ? at : _first;
        if (_pages.Length < _count + PageHistories.ChunkPages)
        {
            Array.Resize(ref _pages, Math.Max(2 * _pages.Length, 8 * PageHistories.ChunkPages));
        }

        bool empty = block.Samples == 0;
        Open(block);
        foreach (int page in block.Pages)
        {
            int index = -1;
            if (!empty)
            {
                Read(page, out _distinct.Next);
                index = _distinct.Take();
            }

            _pages[_count++] = (2 * index) | (int)(block.Words[page] & 1);
        }
    }

    /// <summary>Evaluates what was collected, and hands the results out.</summary>
    public void Answer(ModelAnswers answers)
    {
        Evaluate();
        for (int i = 0; i < _count; i++)
        {
            int at = _first + i;
            int place = PlaceOf(Math.Max(0, _pages[i] >> 1));
            if (_pages[i] < 0 || !float.IsFinite(_results[place] + _results[place + Lanes] + _results[place + (2 * Lanes)]))
            {
                float last = _pages[i] & 1;
                answers.Set(at, last, last, last);
                Fallbacks++;
                continue;
            }

            answers.Set(at, _results[place], _results[place + Lanes], _results[place + (2 * Lanes)]);
        }

        _count = 0;
    }

    /// <summary>Turns to a block.</summary>
    protected abstract void Open(BlockView block);

    /// <summary>Reads the input of a page of the chunk.</summary>
    protected abstract void Read(int page, out T input);

    /// <summary>Computes the logits of 16 inputs, a vector for each horizon.</summary>
    protected internal abstract ReadOnlySpan<Vector512<float>> Run(ReadOnlySpan<T> inputs);

    private void Forget()
    {
        _distinct.Clear();
        (_count, _evaluated) = (0, 0);
    }

    // Those that are new; the last sixteen again where some of them are.
    private void Evaluate()
    {
        if (_evaluated == _distinct.Count)
        {
            return;
        }

        ReadOnlySpan<T> inputs = _distinct.Padded;
        if (_results.Length < inputs.Length * Horizons)
        {
            Array.Resize(ref _results, inputs.Length * 2 * Horizons);
        }

        Evaluated += _distinct.Count - _evaluated;
        for (int first = _evaluated / Lanes * Lanes; first < inputs.Length; first += Lanes)
        {
            ReadOnlySpan<Vector512<float>> logits = Run(inputs.Slice(first, Lanes));
            for (int horizon = 0; horizon < Horizons; horizon++)
            {
                Vector512<float> probability = Vector512<float>.One / (Vector512<float>.One + VectorExponential.Of(-logits[horizon]));
                probability.CopyTo(_results, (first * Horizons) + (horizon * Lanes));
            }
        }

        _evaluated = _distinct.Count;
    }

    private static int PlaceOf(int index) => (index / Lanes * Lanes * Horizons) + (index % Lanes);
}
