using U2CMigration.Prediction.Histories;
using U2CMigration.Prediction.Predictors;

namespace U2CMigration.Prediction.Blocks;

/// <summary>A model that predicts block by block, so that several can look at the same block while its histories are at hand.</summary>
/// <remarks>The workers of a <see cref="BlockPass"/> call it at the same time: what it changes while it predicts, it has once for each.</remarks>
internal interface IBlockModel
{
    /// <summary>Makes ready for a prediction, before the blocks.</summary>
    void Begin(PageHistories histories, PagePrediction candidates)
    {
    }

    /// <summary>Predicts the candidates of a block.</summary>
    /// <param name="block">The block; those of a run in ascending order, without gaps.</param>
    /// <param name="worker">Who asks: 0 or 1.</param>
    /// <param name="answers">Receives the probabilities, now or in <see cref="End"/>.</param>
    /// <param name="at">The number of the block's first candidate.</param>
    void Predict(BlockView block, int worker, ModelAnswers answers, int at);

    /// <summary>Completes a run, after its last block.</summary>
    void End(int worker, ModelAnswers answers)
    {
    }
}
