using U2CMigration.Prediction.Calibration;
using U2CMigration.Prediction.Histories;
using U2CMigration.Prediction.Predictors;

namespace U2CMigration.Prediction.Blending;

/// <summary>Combines several predictors as fits the container at hand, learned while it watches.</summary>
/// <remarks>
/// At each sample the predictors are asked about some pages, and judged when what happened is known. There are two candidates from each, what it says and what calibration
/// makes of it, and two from a mixture of their log odds (one for each horizon and last bit). All are judged by their loss before they learn from what happened; the less one
/// has lost lately, the more it has to say, and those that would say hardly anything are not asked. A predictor that fails is replaced by the last value.
/// </remarks>
public sealed class BlendedPredictor : IPagePredictor
{
    private const int SampledPages = 3072;
    private const int SampledChunks = 256;
    private const double LossFading = 0.95;

    private readonly GuardedModel[] _models;
    private readonly PageSelection _selection;
    private readonly PagePrediction _sample = new();
    private readonly RotatingSample _sampling = new(SampledPages, SampledChunks);
    private readonly SampleRound[] _rounds = new SampleRound[PagePrediction.Horizons + 1];
    private readonly LossLedger[] _losses = new LossLedger[PagePrediction.Horizons];
    private readonly BlendWeights _weights;
    private readonly ModelPass _asking;
    private readonly BlendPass _blending;
    private readonly ExpectedScore _score = new();

    /// <summary>Combines predictors.</summary>
    /// <param name="predictors">The predictors; owned from now on: they learn when this one does.</param>
    /// <param name="selection">The pages to learn from: those it will be asked about.</param>
    public BlendedPredictor(IReadOnlyList<IPagePredictor> predictors, PageSelection selection)
    {
        ArgumentNullException.ThrowIfNull(predictors);
        ArgumentNullException.ThrowIfNull(selection);
        ArgumentOutOfRangeException.ThrowIfZero(predictors.Count, nameof(predictors));
        _models = [.. predictors.Select(static predictor => new GuardedModel(predictor))];
        _selection = selection;
        _weights = new BlendWeights(predictors.Count);
        _asking = new ModelPass(_models);
        _blending = new BlendPass(_weights, _models, _asking);
        for (int i = 0; i < _rounds.Length; i++)
        {
            _rounds[i] = new SampleRound(predictors.Count, SampledPages);
        }

        for (int horizon = 0; horizon < PagePrediction.Horizons; horizon++)
        {
            _losses[horizon] = new LossLedger(2 * (predictors.Count + 1), LossFading);
        }
    }

    /// <inheritdoc/>
    public string Name => "blend";

    /// <summary>How many calls of the predictors failed.</summary>
    public long Failures => _models.Sum(static model => model.Failures);

    /// <summary>The pages that the predictors were asked about when they last learned.</summary>
    internal long AskedPages => _sample.CandidateCount;

    /// <summary>Which predictor has most to say about a horizon; <c>blend</c> for the mixture of all.</summary>
    /// <param name="horizon">0 for the next sample.</param>
    public string ChosenFor(int horizon)
    {
        int chosen = 0;
        for (int source = 1; source <= _models.Length; source++)
        {
            chosen = _weights.ShareOf(horizon, source) > _weights.ShareOf(horizon, chosen) ? source : chosen;
        }

        return chosen < _models.Length ? _models[chosen].Name : Name;
    }

    /// <inheritdoc/>
    public void Learn(PageHistories histories)
    {
        ArgumentNullException.ThrowIfNull(histories);
        foreach (GuardedModel model in _models)
        {
            model.Learn(histories);
        }

        if (histories.SampleCount == 0)
        {
            return;
        }

        long now = histories.SampleCount - 1;
        for (int horizon = 0; horizon < PagePrediction.Horizons; horizon++)
        {
            SampleRound round = _rounds[(now + _rounds.Length - 1 - horizon) % _rounds.Length];
            if (round.Sample == now - 1 - horizon)
            {
                Judge(histories, round, horizon);
            }
        }

        Ask(histories, _rounds[now % _rounds.Length], now);
    }

    /// <inheritdoc/>
    public void Predict(PageHistories histories, PagePrediction prediction)
    {
        ArgumentNullException.ThrowIfNull(histories);
        ArgumentNullException.ThrowIfNull(prediction);
        Predict(histories, prediction, prediction, null);
        for (int horizon = 0; horizon < PagePrediction.Horizons; horizon++)
        {
            _score.Clear();
            AddTo(_score, horizon);
            prediction.Thresholds[horizon] = _score.BestThreshold();
        }
    }

    /// <summary>Predicts pages into another prediction, whose thresholds stay as they are.</summary>
    /// <param name="histories">The histories.</param>
    /// <param name="candidates">The pages.</param>
    /// <param name="result">Receives their probabilities.</param>
    /// <param name="blocks">Where in the result each block of the candidates is; null where it has the same.</param>
    internal void Predict(PageHistories histories, PagePrediction candidates, PagePrediction result, IReadOnlyList<int>? blocks)
    {
        _asking.Ask(histories, candidates, _weights);
        _blending.Blend(histories, candidates, result, blocks);
    }

    /// <summary>Adds the probabilities of the last prediction to a score.</summary>
    internal void AddTo(ExpectedScore score, int horizon) => _blending.AddTo(score, horizon);

    private void Judge(PageHistories histories, SampleRound round, int horizon)
    {
        if (round.Pages.IsEmpty)
        {
            return;
        }

        LossLedger losses = _losses[horizon];
        for (int i = 0; i < round.Pages.Length; i++)
        {
            SampleRound.SampledPage page = round.Pages[i];
            bool written = Bit(histories.DirtyRow(page.Chunk, 0), page.Page);
            Span<float> logits = round.Logits(i, horizon);
            LogisticMixer mixer = _weights.MixerOf(horizon, Bit(histories.DirtyRow(page.Chunk, horizon + 1), page.Page));
            float mixed = mixer.Mix(logits);
            for (int source = 0; source <= logits.Length; source++)
            {
                float logit = source < logits.Length ? logits[source] : mixed;
                ProbabilityCalibration calibration = _weights.CalibrationOf(horizon, source);
                losses.Add(BlendWeights.AsSaid(source), Logit.ToProbability(logit), written, page.Weight);
                losses.Add(BlendWeights.Corrected(source), calibration.MapLogit(logit), written, page.Weight);
                calibration.ObserveLogit(logit, written, page.Weight);
            }

            losses.CountPage(page.Weight);
        }

        Teach(histories, round, horizon);
        losses.Next();
        for (int source = 0; source <= _models.Length; source++)
        {
            _weights.CalibrationOf(horizon, source).Refresh();
        }

        losses.Share(BlendWeights.AsSaid(_weights.Mixture), _weights.Shares(horizon));
        _weights.Apply(horizon);
    }

    // After all pages were judged: what the mixture learned from one page of a sample, it would know of the others, which mostly do the same.
    private void Teach(PageHistories histories, SampleRound round, int horizon)
    {
        for (int i = 0; i < round.Pages.Length; i++)
        {
            SampleRound.SampledPage page = round.Pages[i];
            LogisticMixer mixer = _weights.MixerOf(horizon, Bit(histories.DirtyRow(page.Chunk, horizon + 1), page.Page));
            Span<float> logits = round.Logits(i, horizon);
            mixer.Learn(logits, mixer.Mix(logits), Bit(histories.DirtyRow(page.Chunk, 0), page.Page));
        }
    }

    private void Ask(PageHistories histories, SampleRound round, long now)
    {
        _sampling.Choose(histories, _selection, _sample);
        round.Begin(now, _sample, _sampling.Steps);
        _asking.Ask(histories, _sample, null);
        for (int i = 0; i < _models.Length; i++)
        {
            round.Take(i, _models[i].Answers);
        }
    }

    private static bool Bit(ReadOnlySpan<ulong> row, int page) => ((row[page >> 6] >> (page & 63)) & 1) != 0;
}
