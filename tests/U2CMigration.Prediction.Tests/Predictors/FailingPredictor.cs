using U2CMigration.Prediction.Histories;
using U2CMigration.Prediction.Predictors;

namespace U2CMigration.Prediction.Tests.Predictors;

/// <summary>Fails in one of the ways in which a model can.</summary>
internal sealed class FailingPredictor(bool throws) : IPagePredictor
{
    public string Name => "failing";

    public void Learn(PageHistories histories)
    {
        if (throws)
        {
            throw new InvalidOperationException("learning fails");
        }
    }

    public void Predict(PageHistories histories, PagePrediction prediction)
    {
        if (throws)
        {
            throw new InvalidOperationException("predicting fails");
        }

        for (int block = 0; block < prediction.Blocks.Count; block++)
        {
            for (int horizon = 0; horizon < PagePrediction.Horizons; horizon++)
            {
                prediction.Probabilities(block, horizon).Fill(float.NaN);
            }
        }
    }
}
