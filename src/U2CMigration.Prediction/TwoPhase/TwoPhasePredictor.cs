using U2CMigration.Prediction.Baselines;
using U2CMigration.Prediction.Blending;
using U2CMigration.Prediction.Calibration;
using U2CMigration.Prediction.Contexts;
using U2CMigration.Prediction.DataShift;
using U2CMigration.Prediction.Histories;
using U2CMigration.Prediction.Predictors;

namespace U2CMigration.Prediction.TwoPhase;

/// <summary>Predicts in two phases: pages that are stable by counting what such pages do, for all at once; the others, few, by models that look at each.</summary>
/// <remarks>
/// The models of the second phase are combined as fits the container (see <see cref="BlendedPredictor"/>), so that none has to be right everywhere. Probabilities are
/// calibrated; the thresholds are those with the best F1 that can be expected from them, over all candidates. With a clock, the second phase is left out while it costs
/// more than its share of the time between samples; the first phase then answers for all pages.
/// </remarks>
public sealed class TwoPhasePredictor : IPagePredictor
{
    private readonly DataShiftPredictor _first;
    private readonly BlendedPredictor _second;
    private readonly FirstPhasePass _firstPass;
    private readonly PagePrediction _unstable = new();
    private readonly ExpectedScore _score = new();
    private readonly PhaseBudget? _budget;

    /// <summary>A predictor that tunes itself, with further models in its second phase.</summary>
    /// <param name="models">Models besides those that need no training; owned from now on.</param>
    public TwoPhasePredictor(params IReadOnlyList<IPagePredictor> models)
        : this(new DataShiftPredictor(), models)
    {
    }

    /// <summary>A predictor with a given first phase.</summary>
    /// <param name="first">The first phase; owned from now on.</param>
    /// <param name="models">Models besides those that need no training; owned from now on.</param>
    /// <param name="clock">Measures what the second phase costs, which is left out where it costs too much; null to use it at any cost.</param>
    public TwoPhasePredictor(DataShiftPredictor first, IReadOnlyList<IPagePredictor> models, TimeProvider? clock = null)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(models);
        _first = first;
        _budget = clock is null ? null : new PhaseBudget(clock);
        _firstPass = new FirstPhasePass(first);
        _second = new BlendedPredictor(
            [
                .. models,
                new ContextMixPredictor(FindUnstable),
                new FollowingPredictor(first),
                new FrequencyPredictor(),
                new ExponentialPredictor(),
                new MarkovPredictor(),
                new AutoregressivePredictor(),
            ],
            FindUnstable);
    }

    /// <inheritdoc/>
    public string Name => "two-phase";

    /// <summary>How many calls of models failed; the last value stood in for them.</summary>
    public long Failures => _second.Failures;

    internal BlendedPredictor Second => _second;

    internal DataShiftPredictor First => _first;

    /// <summary>How many samples went without the second phase, because it cost too much.</summary>
    public long SkippedSamples => _budget?.SkippedSamples ?? 0;

    /// <summary>The number of candidates of the last prediction that needed the second phase.</summary>
    public long UnstablePages { get; private set; }

    /// <inheritdoc/>
    public void Learn(PageHistories histories)
    {
        _first.Learn(histories);
        _budget?.NextSample();
        if (_budget is { IsAffordable: false })
        {
            return;
        }

        _budget?.Begin();
        _second.Learn(histories);
        _budget?.EndLearning(_second.AskedPages);
    }

    /// <inheritdoc/>
    public void Predict(PageHistories histories, PagePrediction prediction)
    {
        ArgumentNullException.ThrowIfNull(histories);
        ArgumentNullException.ThrowIfNull(prediction);
        _firstPass.Split(histories, prediction, _unstable);
        UnstablePages = _unstable.CandidateCount;
        bool second = _budget?.Affords(UnstablePages) != false;
        if (second)
        {
            _budget?.Begin();
            _second.Predict(histories, _unstable, prediction, _firstPass.Blocks);
            _budget?.EndPrediction();
        }

        for (int horizon = 0; horizon < PagePrediction.Horizons; horizon++)
        {
            _score.Clear();
            _firstPass.AddTo(_score, horizon, alone: !second);
            if (second)
            {
                _second.AddTo(_score, horizon);
            }

            prediction.Thresholds[horizon] = _score.BestThreshold();
        }
    }

    private void FindUnstable(PageHistories histories, int chunk, int age, Span<ulong> pages)
    {
        _first.FindStable(histories, chunk, age, pages);
        ReadOnlySpan<ulong> known = histories.KnownPages(chunk);
        for (int i = 0; i < pages.Length; i++)
        {
            pages[i] = known[i] & ~pages[i];
        }
    }
}
