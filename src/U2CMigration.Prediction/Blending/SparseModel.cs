using U2CMigration.Prediction.Blocks;
using U2CMigration.Prediction.Histories;
using U2CMigration.Prediction.Predictors;

namespace U2CMigration.Prediction.Blending;

/// <summary>Any predictor as a model for blocks: it predicts all candidates before the first block is asked for.</summary>
internal sealed class SparseModel(IPagePredictor predictor) : IBlockModel
{
    private readonly PagePrediction _prediction = new();

    /// <inheritdoc/>
    public void Begin(PageHistories histories, PagePrediction candidates)
    {
        _prediction.Clear();
        for (int block = 0; block < candidates.Blocks.Count; block++)
        {
            _prediction.Add(candidates.Blocks[block], candidates.Candidates(block));
        }

        predictor.Predict(histories, _prediction);
    }

    /// <inheritdoc/>
    public void Predict(BlockView block, int worker, ModelAnswers answers, int at)
    {
        for (int horizon = 0; horizon < PagePrediction.Horizons; horizon++)
        {
            ReadOnlySpan<float> from = _prediction.Probabilities(block.Block, horizon);
            Span<float> to = answers.Of(horizon)[at..];
            for (int i = 0; i < block.Pages.Length; i++)
            {
                to[i] = from[block.Pages[i]];
            }
        }
    }
}
