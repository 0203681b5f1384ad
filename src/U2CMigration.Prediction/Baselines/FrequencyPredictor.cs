using U2CMigration.Prediction.Blocks;
using U2CMigration.Prediction.Histories;
using U2CMigration.Prediction.Predictors;

namespace U2CMigration.Prediction.Baselines;

/// <summary>Predicts that a page is written as often as it was in the samples kept.</summary>
/// <remarks>The estimator of Krichevsky and Trofimov: half a sample is added to each side, so that no page is certain.</remarks>
public sealed class FrequencyPredictor : IPagePredictor, IWordModel
{
    private readonly SpreadPass _pass;

    /// <summary>Makes the predictor.</summary>
    public FrequencyPredictor() => _pass = new SpreadPass(this);

    /// <inheritdoc/>
    public string Name => "frequency";

    /// <inheritdoc/>
    public void Learn(PageHistories histories)
    {
    }

    /// <inheritdoc/>
    public void Predict(PageHistories histories, PagePrediction prediction)
    {
        ArgumentNullException.ThrowIfNull(histories);
        ArgumentNullException.ThrowIfNull(prediction);
        _pass.Predict(histories, prediction);
    }

    void IWordModel.Predict(ulong word, int samples, Span<float> probabilities) =>
        probabilities.Fill((HistoryBits.Count(word, 64) + 0.5f) / (samples + 1f));
}
