using U2CMigration.Prediction.Blocks;
using U2CMigration.Prediction.Histories;
using U2CMigration.Prediction.Predictors;

namespace U2CMigration.Prediction.Blending;

/// <summary>Keeps the failures of a model away from a migration: where it throws, or gives what is no probability, the last value stands in, and it is counted.</summary>
internal sealed class GuardedModel
{
    private readonly IPagePredictor _predictor;
    private readonly IBlockModel _model;
    private readonly bool[] _failed = new bool[BlockPass.Halves];

    public GuardedModel(IPagePredictor predictor)
    {
        _predictor = predictor;
        _model = predictor as IBlockModel ?? new SparseModel(predictor);
    }

    public string Name => _predictor.Name;

    /// <summary>How many calls failed.</summary>
    public long Failures { get; private set; }

    /// <summary>What the model said when it was last asked.</summary>
    public ModelAnswers Answers { get; } = new();

    public void Learn(PageHistories histories)
    {
        try
        {
            _predictor.Learn(histories);
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            Failures++;
        }
    }

    /// <summary>See <see cref="IBlockModel.Begin"/>.</summary>
    public void Begin(PageHistories histories, PagePrediction candidates, int count)
    {
        Answers.Begin(count);
        Array.Clear(_failed);
        try
        {
            _model.Begin(histories, candidates);
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            Array.Fill(_failed, true);
        }
    }

    /// <summary>See <see cref="IBlockModel.Predict"/>.</summary>
    public void Predict(BlockView block, int half, int at)
    {
        try
        {
            if (!_failed[half])
            {
                _model.Predict(block, half, Answers, at);
            }
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            _failed[half] = true;
        }
    }

    /// <summary>Completes a half; see <see cref="IBlockModel.End"/>.</summary>
    /// <param name="half">0 or 1.</param>
    /// <param name="from">The first candidate of the half.</param>
    /// <param name="lastValues">The last values of its candidates.</param>
    public void End(int half, int from, ReadOnlySpan<float> lastValues)
    {
        try
        {
            if (!_failed[half])
            {
                _model.End(half, Answers);
            }
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            _failed[half] = true;
        }

        for (int horizon = 0; horizon < PagePrediction.Horizons; horizon++)
        {
            _failed[half] |= !ProbabilityRange.Holds(Answers.Of(horizon).Slice(from, lastValues.Length));
        }

        for (int horizon = 0; horizon < PagePrediction.Horizons && _failed[half]; horizon++)
        {
            lastValues.CopyTo(Answers.Of(horizon)[from..]);
        }
    }

    /// <summary>Counts the call when it failed, after both halves.</summary>
    public void Count() => Failures += _failed.Contains(true) ? 1 : 0;
}
