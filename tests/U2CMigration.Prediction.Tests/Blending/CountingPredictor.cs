using U2CMigration.Prediction.Baselines;
using U2CMigration.Prediction.Histories;
using U2CMigration.Prediction.Predictors;

namespace U2CMigration.Prediction.Tests.Blending;

/// <summary>Says what the frequency says, and counts how often it was asked.</summary>
internal sealed class CountingPredictor : IPagePredictor
{
    private readonly FrequencyPredictor _inner = new();

    public string Name => "counting";

    public int Predictions { get; private set; }

    public void Learn(PageHistories histories) => _inner.Learn(histories);

    public void Predict(PageHistories histories, PagePrediction prediction)
    {
        Predictions++;
        _inner.Predict(histories, prediction);
    }
}
