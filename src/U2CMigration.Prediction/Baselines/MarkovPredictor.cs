using System.Numerics;
using U2CMigration.Prediction.Blocks;
using U2CMigration.Prediction.Histories;
using U2CMigration.Prediction.Predictors;

namespace U2CMigration.Prediction.Baselines;

/// <summary>Predicts each page by a Markov chain of its own with two states, written and not written.</summary>
/// <remarks>The transitions of the page in the samples kept are smoothed by those of the whole container, which weigh two samples. Further horizons by steps of the chain.</remarks>
public sealed class MarkovPredictor : IPagePredictor, IWordModel
{
    private const float PriorWeight = 2;
    private const float Fading = 0.95f;

    private readonly PageSampler _sampler = new(8192);
    private readonly PageSampler.Visitor _count;
    private readonly SpreadPass _pass;
    private float _clean = 1;
    private float _cleanToDirty = 0.1f;
    private float _dirty = 1;
    private float _dirtyToDirty = 0.5f;

    /// <summary>A predictor that has learned nothing yet.</summary>
    public MarkovPredictor()
    {
        _count = Count;
        _pass = new SpreadPass(this);
    }

    /// <inheritdoc/>
    public string Name => "markov";

    /// <inheritdoc/>
    public void Learn(PageHistories histories)
    {
        ArgumentNullException.ThrowIfNull(histories);
        _clean = (_clean * Fading) + 0.05f;
        _cleanToDirty = (_cleanToDirty * Fading) + 0.005f;
        _dirty = (_dirty * Fading) + 0.05f;
        _dirtyToDirty = (_dirtyToDirty * Fading) + 0.025f;
        _sampler.Visit(histories, _count);
    }

    /// <inheritdoc/>
    public void Predict(PageHistories histories, PagePrediction prediction)
    {
        ArgumentNullException.ThrowIfNull(histories);
        ArgumentNullException.ThrowIfNull(prediction);
        _pass.Predict(histories, prediction);
    }

    void IWordModel.Predict(ulong word, int samples, Span<float> probabilities)
    {
        ulong mask = HistoryBits.Mask(Math.Max(0, samples - 1));
        ulong before = (word >> 1) & mask;
        ulong after = word & mask;
        int written = BitOperations.PopCount(before);
        float fromDirty = (BitOperations.PopCount(before & after) + (PriorWeight * _dirtyToDirty / _dirty)) / (written + PriorWeight);
        float fromClean = (BitOperations.PopCount(~before & after) + (PriorWeight * _cleanToDirty / _clean)) /
            (Math.Max(0, samples - 1) - written + PriorWeight);
        float state = word & 1;
        for (int horizon = 0; horizon < probabilities.Length; horizon++)
        {
            state = (state * fromDirty) + ((1 - state) * fromClean);
            probabilities[horizon] = state;
        }
    }

    private void Count(ulong word, int samples)
    {
        if (samples < 2)
        {
            return;
        }

        if ((word & 2) != 0)
        {
            _dirty++;
            _dirtyToDirty += word & 1;
        }
        else
        {
            _clean++;
            _cleanToDirty += word & 1;
        }
    }
}
