using U2CMigration.Prediction.Histories;
using U2CMigration.Prediction.Predictors;

namespace U2CMigration.Prediction.Baselines;

/// <summary>Predicts that each page does again what it did in the last sample: the baseline that any learned predictor has to beat, and the fallback when one fails.</summary>
public sealed class LastValuePredictor : IPagePredictor
{
    /// <inheritdoc/>
    public string Name => "last-value";

    /// <inheritdoc/>
    public void Learn(PageHistories histories)
    {
    }

    /// <inheritdoc/>
    public void Predict(PageHistories histories, PagePrediction prediction)
    {
        ArgumentNullException.ThrowIfNull(histories);
        ArgumentNullException.ThrowIfNull(prediction);
        for (int block = 0; block < prediction.Blocks.Count; block++)
        {
            ReadOnlySpan<ulong> last = histories.DirtyRow(prediction.Blocks[block].Chunk, 0);
            for (int horizon = 0; horizon < PagePrediction.Horizons; horizon++)
            {
                BitSelect.Fill(last, 0, 1, prediction.Probabilities(block, horizon));
            }
        }
    }
}
