using U2CMigration.Prediction.Histories;
using U2CMigration.Prediction.Predictors;

namespace U2CMigration.Prediction.Evaluation;

/// <summary>Runs predictors side by side over the samples of a trace, and keeps their scores.</summary>
/// <remarks>Each learns from a sample and then predicts all known pages, as in a migration. Memory is bounded by the number of pages, not of samples. Not safe for concurrent use.</remarks>
public sealed class PredictorEvaluation
{
    /// <summary>The first so many samples are not counted: predictors that learn while they watch have nothing to go by yet.</summary>
    public const int WarmUp = 8;

    private readonly PredictorTrial[] _trials;
    private readonly UnstableSelections _selections = new();
    private readonly int _uncounted;

    /// <summary>Starts an evaluation.</summary>
    /// <param name="predictors">The predictors, fresh for this trace.</param>
    public PredictorEvaluation(IEnumerable<IPagePredictor> predictors)
        : this(predictors, WarmUp)
    {
    }

    /// <summary>Starts an evaluation of the later part of a trace.</summary>
    /// <param name="predictors">The predictors, fresh for this trace.</param>
    /// <param name="uncounted">How many samples are seen but not counted; at least <see cref="WarmUp"/> are not.</param>
    public PredictorEvaluation(IEnumerable<IPagePredictor> predictors, int uncounted)
    {
        ArgumentNullException.ThrowIfNull(predictors);
        _uncounted = Math.Max(WarmUp, uncounted);
        _trials = [.. predictors.Select(static predictor => new PredictorTrial(predictor))];
    }

    /// <summary>Takes in the sample that the histories have just observed.</summary>
    /// <param name="histories">The histories.</param>
    public void Step(PageHistories histories)
    {
        ArgumentNullException.ThrowIfNull(histories);
        foreach (PredictorTrial trial in _trials)
        {
            trial.Step(histories, _selections, histories.SampleCount > _uncounted);
        }

        _selections.Take(histories);
    }

    /// <summary>The scores. Once, at the end.</summary>
    public IReadOnlyList<PredictorResult> Finish() => [.. _trials.SelectMany(static trial => trial.Finish())];
}
