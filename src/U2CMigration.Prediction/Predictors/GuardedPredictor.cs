using U2CMigration.Prediction.Baselines;
using U2CMigration.Prediction.Histories;

namespace U2CMigration.Prediction.Predictors;

/// <summary>Keeps the failures of a predictor away from a migration: when it throws, or gives what is no probability, the last value stands in, and it is counted.</summary>
public sealed class GuardedPredictor : IPagePredictor
{
    private readonly IPagePredictor _inner;
    private readonly LastValuePredictor _fallback = new();

    /// <summary>Guards a predictor.</summary>
    /// <param name="inner">The predictor.</param>
    public GuardedPredictor(IPagePredictor inner)
    {
        ArgumentNullException.ThrowIfNull(inner);
        _inner = inner;
    }

    /// <inheritdoc/>
    public string Name => _inner.Name;

    /// <summary>How many calls failed.</summary>
    public long Failures { get; private set; }

    /// <summary>What the last failure was; null when there was none, or when the values were no probabilities.</summary>
    public Exception? LastFailure { get; private set; }

    /// <inheritdoc/>
    public void Learn(PageHistories histories)
    {
        try
        {
            _inner.Learn(histories);
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            Count(failure);
        }
    }

    /// <inheritdoc/>
    public void Predict(PageHistories histories, PagePrediction prediction)
    {
        ArgumentNullException.ThrowIfNull(prediction);
        try
        {
            _inner.Predict(histories, prediction);
            if (AreProbabilities(prediction))
            {
                return;
            }

            Count(null);
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            Count(failure);
        }

        prediction.Thresholds.Fill(0.5f);
        _fallback.Predict(histories, prediction);
    }

    private static bool AreProbabilities(PagePrediction prediction)
    {
        for (int block = 0; block < prediction.Blocks.Count; block++)
        {
            for (int horizon = 0; horizon < PagePrediction.Horizons; horizon++)
            {
                if (!ProbabilityRange.Holds(prediction.Probabilities(block, horizon), prediction.Candidates(block)))
                {
                    return false;
                }
            }
        }

        return true;
    }

    private void Count(Exception? failure)
    {
        Failures++;
        LastFailure = failure;
    }
}
