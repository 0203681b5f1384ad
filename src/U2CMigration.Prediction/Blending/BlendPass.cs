using U2CMigration.Prediction.Calibration;
using U2CMigration.Prediction.Histories;
using U2CMigration.Prediction.Predictors;

namespace U2CMigration.Prediction.Blending;

/// <summary>Puts the predictions of several predictors together, block by block.</summary>
/// <param name="weights">How.</param>
/// <param name="predictions">What each predictor says; only of those that are needed.</param>
internal sealed class BlendPass(BlendWeights weights, PagePrediction[] predictions) : BlockPass
{
    private readonly BlockLogits[] _blocks = [new(predictions.Length), new(predictions.Length)];
    private readonly ExpectedScore[] _scores = [.. Enumerable.Range(0, Halves * PagePrediction.Horizons).Select(static _ => new ExpectedScore())];

    /// <summary>Adds the probabilities of the last run to a score.</summary>
    public void AddTo(ExpectedScore score, int horizon)
    {
        for (int half = 0; half < Halves; half++)
        {
            score.Add(ScoreOf(half, horizon));
        }
    }

    /// <inheritdoc/>
    protected override void Do(PageHistories histories, PagePrediction prediction, int half, int from, int to)
    {
        for (int horizon = 0; horizon < PagePrediction.Horizons; horizon++)
        {
            ScoreOf(half, horizon).Clear();
        }

        for (int block = from; block < to; block++)
        {
            _blocks[half].Begin(prediction.Candidates(block), histories.DirtyRow(prediction.Blocks[block].Chunk, 0));
            for (int horizon = 0; horizon < PagePrediction.Horizons; horizon++)
            {
                Combine(_blocks[half], prediction, block, horizon, ScoreOf(half, horizon));
            }
        }
    }

    private void Combine(BlockLogits logits, PagePrediction prediction, int block, int horizon, ExpectedScore score)
    {
        for (int i = 0; i < predictions.Length; i++)
        {
            if (weights.Needs(horizon, i))
            {
                logits.Take(i, predictions[i].Probabilities(block, horizon));
            }
        }

        ReadOnlySpan<int> pages = logits.Pages;
        Span<float> sums = stackalloc float[PageHistories.ChunkPages];
        sums = sums[..pages.Length];
        sums.Clear();
        for (int source = 0; source <= weights.Mixture; source++)
        {
            if (weights.ShareOf(horizon, source) > 0)
            {
                ReadOnlySpan<float> used = source == weights.Mixture ? logits.Mix(weights.MixerOf(horizon, false), weights.MixerOf(horizon, true)) : logits.Of(source);
                ProbabilityCalibration.AddMapped(weights.MapOf(horizon, source), used, sums);
            }
        }

        Span<float> result = prediction.Probabilities(block, horizon);
        for (int i = 0; i < sums.Length; i++)
        {
            // The shares of the sources make 1 but for rounding.
            float probability = Math.Min(sums[i], 1);
            result[pages[i]] = probability;
            score.Add(probability);
        }
    }

    private ExpectedScore ScoreOf(int half, int horizon) => _scores[(half * PagePrediction.Horizons) + horizon];
}
