using U2CMigration.PageTracking.Pages;
using U2CMigration.Prediction.Histories;
using U2CMigration.Prediction.Predictors;
using U2CMigration.Strategy.Rounds;
using U2CMigration.Strategy.Strategies;

namespace U2CMigration.Strategy.Peers;

/// <summary>Pre-copy that skips pages predicted to be dirty in the next round, and sends differences: MBDPC, the method that the paper compares itself with.</summary>
/// <remarks>
/// "A container pre-copy migration method based on dirty page prediction and compression" (ICPADS 2022). Taken from its description: a random forest predicts
/// whether a page will be dirty at the next moment, such pages are skipped, changed pages travel as differences. It leaves the pre-copy below as it is, also in
/// when it stops (in the paper's tables both have the same number of rounds), so the stop here is that of <see cref="ConvergingPreCopyStrategy"/>, which ends
/// under every load. Not described, and chosen here: the sampling interval, that of the traces on which the forest was grown.
/// </remarks>
public sealed class SkippingPreCopyStrategy : IMigrationStrategy
{
    private readonly GuardedPredictor _predictor;
    private readonly ConvergingPreCopyStrategy _rounds = new();
    private readonly PagePrediction _prediction = new();
    private readonly PageSet _skipped = new();
    private bool _learned;

    /// <summary>Creates the strategy.</summary>
    /// <param name="predictor">Predicts which pages will be dirty; owned from now on.</param>
    public SkippingPreCopyStrategy(IPagePredictor predictor)
    {
        ArgumentNullException.ThrowIfNull(predictor);
        _predictor = new GuardedPredictor(predictor);
    }

    /// <inheritdoc/>
    public string Name => "mbdpc";

    /// <inheritdoc/>
    public StrategyTraits Traits { get; } = new() { SampleInterval = TimeSpan.FromMilliseconds(250), UsesCodec = true };

    /// <inheritdoc/>
    public void Learn(PageHistories histories)
    {
        _predictor.Learn(histories);
        _learned = histories is { SampleCount: > 1 };
    }

    /// <inheritdoc/>
    public void Plan(RoundObservation observation, RoundPlan plan)
    {
        ArgumentNullException.ThrowIfNull(observation);
        ArgumentNullException.ThrowIfNull(plan);
        _rounds.Plan(observation, plan);
        if (!_learned || plan.Decision == RoundDecision.StopAndCopy)
        {
            return;
        }

        _prediction.Prepare(observation.Histories, observation.Owed);
        _predictor.Predict(observation.Histories, _prediction);
        _skipped.Clear();
        _prediction.CollectDirty(0, _skipped);
        plan.Exclude(_skipped);
        if (plan.PageCount == 0)
        {
            // Everything that is left would be skipped again.
            plan.StopAndCopy();
        }
    }
}
