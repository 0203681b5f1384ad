using U2CMigration.Prediction.Histories;
using U2CMigration.Prediction.Predictors;

namespace U2CMigration.Prediction.TwoPhase;

/// <summary>A predictor that somebody else teaches.</summary>
internal sealed class FollowingPredictor(IPagePredictor leader) : IPagePredictor
{
    public string Name => leader.Name;

    public void Learn(PageHistories histories)
    {
    }

    public void Predict(PageHistories histories, PagePrediction prediction) => leader.Predict(histories, prediction);
}
