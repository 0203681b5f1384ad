using U2CMigration.PageTracking.Pages;
using U2CMigration.Prediction.Histories;
using U2CMigration.Prediction.Predictors;
using U2CMigration.Strategy.Rounds;
using U2CMigration.Strategy.Strategies;

namespace U2CMigration.Strategy.Peers;

/// <summary>The paper's rules without our extensions: pages predicted dirty within the horizon are held back, and the iteration that leaves least stops the workload.</summary>
/// <remarks>
/// U2CMigration (JCST 40(6), 2025), and its prototype for what the paper leaves open: sampling every 50 ms while a round is sent, three samples of horizon, no
/// stop before the second round. Rounds are sent to their end in the order of addresses, pages travel as they are. Deviation: when everything owed is predicted
/// dirty the workload is stopped, as the next round would be empty.
/// </remarks>
public sealed class PublishedStrategy : IMigrationStrategy
{
    /// <summary>The rounds sent before the stop is considered: 2.</summary>
    public const int LeastRounds = 2;

    private readonly GuardedPredictor _predictor;
    private readonly PagePrediction _prediction = new();
    private readonly PageSet[] _dirty = [new(), new(), new()];
    private bool _learned;

    /// <summary>Creates the strategy.</summary>
    /// <param name="predictor">Predicts which pages will be dirty; owned from now on.</param>
    public PublishedStrategy(IPagePredictor predictor)
    {
        ArgumentNullException.ThrowIfNull(predictor);
        _predictor = new GuardedPredictor(predictor);
    }

    /// <inheritdoc/>
    public string Name => "u2c-paper";

    /// <inheritdoc/>
    public StrategyTraits Traits { get; } = new() { SampleInterval = TimeSpan.FromMilliseconds(50) };

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
        plan.AddGroup(observation.Owed);
        if (!_learned)
        {
            return;
        }

        Predict(observation.Histories);
        foreach (PageSet dirty in _dirty)
        {
            plan.Exclude(dirty);
        }

        if (plan.PageCount == 0 || (observation.Round >= LeastRounds && NextIsBest()))
        {
            plan.StopAndCopy();
        }
    }

    /// <summary>Whether no later iteration of the horizon is predicted to have fewer dirty pages than the next.</summary>
    private bool NextIsBest() => _dirty[0].PageCount <= _dirty[1].PageCount && _dirty[0].PageCount <= _dirty[2].PageCount;

    private void Predict(PageHistories histories)
    {
        _prediction.PrepareAll(histories);
        _predictor.Predict(histories, _prediction);
        for (int horizon = 0; horizon < _dirty.Length; horizon++)
        {
            _dirty[horizon].Clear();
            _prediction.CollectDirty(horizon, _dirty[horizon]);
        }
    }
}
