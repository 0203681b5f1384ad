using U2CMigration.PageTracking.Pages;
using U2CMigration.Prediction.Histories;
using U2CMigration.Prediction.Predictors;
using U2CMigration.Strategy.Rounds;

namespace U2CMigration.Strategy.Strategies;

/// <summary>
/// Pre-copy in short slices, steered by prediction: pages that will stay as they are go first, those that will be written again while nothing better is pending, and
/// the workload is stopped when going on would no longer shorten the downtime.
/// </summary>
/// <remarks>
/// The method of U2CMigration (JCST 40(6), 2025) as it is meant: do not send what will be dirtied again, stop at the iteration that leaves least. Deviation: the
/// stop is decided in seconds of expected downtime instead of pages, rounds are slices of time, and the link does not idle: what is likely to be written
/// again is sent while nothing better is owed, since it may stay as it is until the stop after all, and a later version of it travels as a difference.
/// </remarks>
public sealed class PredictivePreCopyStrategy : IMigrationStrategy
{
    /// <summary>Probabilities of being written in the next slice that part the pages into groups, ascending.</summary>
    private static readonly float[] Bounds = [0.1f, 0.35f, 0.65f];

    /// <summary>The bandwidth is an estimate.</summary>
    private const double ShareOfSlice = 0.8;

    private readonly GuardedPredictor? _predictor;
    private readonly bool _isOrdered;
    private readonly PagePrediction _prediction = new();
    private readonly PageSet[] _likely = [new(), new(), new()];
    private readonly PageSet _rest = new();
    private readonly PageSet _known = new();
    private readonly StopRule _stop = new();
    private readonly SliceLength _slice = new();
    private bool _learned;

    /// <summary>Creates the strategy.</summary>
    /// <param name="predictor">Predicts which pages will be written in the next slice; owned from now on. Null to take none for likely: the order is then by what was seen alone.</param>
    /// <param name="isOrdered">False to send everything owed by address, without predicting.</param>
    public PredictivePreCopyStrategy(IPagePredictor? predictor, bool isOrdered = true)
    {
        _predictor = predictor is null || !isOrdered ? null : new GuardedPredictor(predictor);
        _isOrdered = isOrdered;
        Traits = new StrategyTraits { UsesCodec = true, ShortestSample = SliceLength.ShortestSample };
    }

    /// <inheritdoc/>
    public string Name => !_isOrdered ? "u2c-unordered" : _predictor is null ? "u2c-unpredicted" : "u2c";

    /// <inheritdoc/>
    public StrategyTraits Traits { get; }

    /// <inheritdoc/>
    public void Learn(PageHistories histories)
    {
        _predictor?.Learn(histories);
        _learned = histories is { SampleCount: > 1 };
    }

    /// <inheritdoc/>
    public void Plan(RoundObservation observation, RoundPlan plan)
    {
        ArgumentNullException.ThrowIfNull(observation);
        ArgumentNullException.ThrowIfNull(plan);
        if (_stop.ShouldStop(observation))
        {
            plan.StopAndCopy();
            return;
        }

        plan.Slice = _slice.Next(observation, _stop.IsFirstPass);
        if (!_isOrdered || !_learned || IsSentWithin(plan.Slice, observation))
        {
            plan.AddGroup(observation.Owed);
        }
        else
        {
            AddGroups(observation, plan);
        }
    }

    /// <summary>Whether the order makes no difference because everything owed gets its turn. To predict would take processor time from the workload for nothing.</summary>
    private static bool IsSentWithin(TimeSpan slice, RoundObservation observation) =>
        observation.BandwidthBytesPerSecond > 0 && observation.CopyTime <= slice * ShareOfSlice;

    /// <summary>
    /// Pages that the destination has never seen come first: they are the dearest at the stop, and of the others those that are written again meanwhile would have been
    /// sent for nothing. Cold pages before warm ones in both. Of the known ones that are equally likely, the ones just written come first: whoever writes in sweeps will
    /// come back to them last.
    /// </summary>
    private void AddGroups(RoundObservation observation, RoundPlan plan)
    {
        Predict(observation);
        for (int level = 0; level <= Bounds.Length; level++)
        {
            Level(level, observation).ExceptTo(observation.Delivered, plan.AddGroup());
        }

        for (int level = 0; level <= Bounds.Length; level++)
        {
            _known.Clear();
            Level(level, observation).IntersectTo(observation.Delivered, _known);
            _known.IntersectTo(observation.Dirty, plan.AddGroup());
            _known.ExceptTo(observation.Dirty, plan.AddGroup());
        }
    }

    /// <summary>The owed pages between two bounds; valid until the next call.</summary>
    private PageSet Level(int level, RoundObservation observation)
    {
        PageSet from = level == 0 ? observation.Owed : _likely[level - 1];
        if (level == Bounds.Length)
        {
            return from;
        }

        _rest.Clear();
        from.ExceptTo(_likely[level], _rest);
        return _rest;
    }

    private void Predict(RoundObservation observation)
    {
        if (_predictor is null)
        {
            return;
        }

        _prediction.Prepare(observation.Histories, observation.Owed);
        _predictor.Predict(observation.Histories, _prediction);
        for (int i = 0; i < Bounds.Length; i++)
        {
            _likely[i].Clear();
            _prediction.Thresholds[0] = Bounds[i];
            _prediction.CollectDirty(0, _likely[i]);
        }
    }
}
