using U2CMigration.Prediction.Blocks;
using U2CMigration.Prediction.Histories;
using U2CMigration.Prediction.Predictors;

namespace U2CMigration.Prediction.Blending;

/// <summary>Keeps the failures of a model away from a migration: where it throws, or gives what is no probability, the last value stands in, and it is counted.</summary>
internal sealed class GuardedModel
{
    private readonly IPagePredictor _predictor;
    private readonly IBlockModel _model;
    private volatile bool _failed;

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
        _failed = false;
        try
        {
            _model.Begin(histories, candidates);
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            _failed = true;
        }
    }

    /// <summary>See <see cref="IBlockModel.Predict"/>.</summary>
    public void Predict(BlockView block, int worker, int at)
    {
        try
        {
            if (!_failed)
            {
                _model.Predict(block, worker, Answers, at);
            }
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            _failed = true;
        }
    }

    /// <summary>Completes a run; see <see cref="IBlockModel.End"/>.</summary>
    /// <param name="worker">0 or 1.</param>
    /// <param name="from">The first candidate of the run.</param>
    /// <param name="to">The candidate behind the last.</param>
    public void End(int worker, int from, int to)
    {
        try
        {
            if (!_failed)
            {
                _model.End(worker, Answers);
            }
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            _failed = true;
        }

        for (int horizon = 0; horizon < PagePrediction.Horizons && !_failed; horizon++)
        {
            // Only ever set: the other worker may have failed meanwhile.
            if (!ProbabilityRange.Holds(Answers.Of(horizon)[from..to]))
            {
                _failed = true;
            }
        }
    }

    /// <summary>Completes the call, after all runs. Where one failed, the last values stand in for all: who did which run, and what else it would have done, depends on time.</summary>
    /// <param name="lastValues">The last values of the candidates.</param>
    public void Complete(ReadOnlySpan<float> lastValues)
    {
        if (!_failed)
        {
            return;
        }

        Failures++;
        for (int horizon = 0; horizon < PagePrediction.Horizons; horizon++)
        {
            lastValues.CopyTo(Answers.Of(horizon));
        }
    }
}
