using U2CMigration.Prediction.Predictors;

namespace U2CMigration.Prediction.Blocks;

/// <summary>The probabilities that a model gives for candidates, one behind the other: by <see cref="CandidateStarts"/> for each horizon. Reusable without new allocations.</summary>
internal sealed class ModelAnswers
{
    private float[] _values = [];
    private int _count;

    /// <summary>Makes room for so many candidates. What was there before means nothing any more.</summary>
    public void Begin(int count)
    {
        _count = count;
        if (_values.Length < count * PagePrediction.Horizons)
        {
            _values = new float[(count + (count / 2)) * PagePrediction.Horizons];
        }
    }

    /// <summary>The probabilities to be written, by candidate.</summary>
    /// <param name="horizon">0 for the next sample.</param>
    public Span<float> Of(int horizon) => _values.AsSpan(horizon * _count, _count);

    /// <summary>Sets the probabilities of one candidate.</summary>
    public void Set(int at, float next, float second, float third)
    {
        _values[at] = next;
        _values[_count + at] = second;
        _values[(2 * _count) + at] = third;
    }
}
