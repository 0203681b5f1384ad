using U2CMigration.Prediction.Blocks;
using U2CMigration.Prediction.Histories;
using U2CMigration.Prediction.Networks;
using U2CMigration.Prediction.Predictors;

namespace U2CMigration.Prediction.Recurrent;

/// <summary>Predicts with a small LSTM over the page's own written bits: the learned baseline that the attention model has to beat.</summary>
public sealed class LstmPredictor : IPagePredictor, IBlockModel
{
    private readonly NetworkWorkers<LstmInput> _workers;
    private readonly SpreadPass _pass;

    /// <summary>Makes a predictor with the weights that the package ships.</summary>
    public LstmPredictor()
        : this(WeightSet.Shipped(LstmShape.Model))
    {
    }

    /// <summary>Makes a predictor with given weights.</summary>
    /// <param name="weights">The weights.</param>
    /// <exception cref="WeightFormatException">They belong to another model.</exception>
    public LstmPredictor(WeightSet weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        LstmNetwork network = new(weights);
        _workers = new NetworkWorkers<LstmInput>(new LstmWorker(network), new LstmWorker(network));
        _pass = new SpreadPass(this);
    }

    /// <inheritdoc/>
    public string Name => LstmShape.Model;

    /// <summary>How many pages were predicted by their last value, ever.</summary>
    public long FallbackCount => _workers.Fallbacks;

    /// <inheritdoc/>
    public void Learn(PageHistories histories)
    {
        // Its weights are fixed; a page's past is all it looks at.
    }

    /// <inheritdoc/>
    public void Predict(PageHistories histories, PagePrediction prediction)
    {
        ArgumentNullException.ThrowIfNull(histories);
        ArgumentNullException.ThrowIfNull(prediction);
        _pass.Predict(histories, prediction);
        prediction.Thresholds.Fill(0.5f);
    }

    void IBlockModel.Begin(PageHistories histories, PagePrediction candidates) => _workers.Begin();

    void IBlockModel.Predict(BlockView block, int worker, ModelAnswers answers, int at) => _workers.Predict(block, worker, answers, at);

    void IBlockModel.End(int worker, ModelAnswers answers) => _workers.End(worker, answers);
}
