using U2CMigration.Prediction.Blocks;
using U2CMigration.Prediction.DataShift;
using U2CMigration.Prediction.Histories;
using U2CMigration.Prediction.Predictors;

namespace U2CMigration.Prediction.TwoPhase;

/// <summary>The first phase as a model of the second: somebody else teaches it.</summary>
internal sealed class FollowingPredictor(DataShiftPredictor leader) : IPagePredictor, IBlockModel
{
    public string Name => leader.Name;

    public void Learn(PageHistories histories)
    {
    }

    public void Predict(PageHistories histories, PagePrediction prediction) => leader.Predict(histories, prediction);

    void IBlockModel.Begin(PageHistories histories, PagePrediction candidates) => leader.FillValues();

    void IBlockModel.Predict(BlockView block, int worker, ModelAnswers answers, int at) => leader.Predict(block, answers, at);
}
