using U2CMigration.Prediction.Blocks;
using U2CMigration.Prediction.Histories;
using U2CMigration.Prediction.Networks;
using U2CMigration.Prediction.Predictors;

namespace U2CMigration.Prediction.Attention;

/// <summary>
/// Predicts with a small attention model: what the page, its neighbours and the container did in the last samples, and which moments of the past were like this one.
/// </summary>
/// <remarks>
/// The paper's phase 2. Deviation: one small attention layer over the samples in place of recurrent encoders, about a hundredth of the work, and inputs that count
/// outcomes in the running container; the paper's model is kept for comparison in U2CMigration.Prediction.Torch. Uses two threads. Where there is nothing to
/// predict from, or a result is not a number, the page's last value is its prediction; <see cref="FallbackCount"/> tells how often.
/// </remarks>
public sealed class AttentionPredictor : IPagePredictor, IBlockModel
{
    private readonly AttentionNetwork _network;
    private readonly ContainerContext _container;
    private readonly RoundContext _round = new();
    private readonly RoundBiases _biases = new();
    private readonly NetworkWorkers<PageInput> _workers;
    private readonly SpreadPass _pass;

    /// <summary>Makes a predictor with the weights that the package ships.</summary>
    public AttentionPredictor()
        : this(WeightSet.Shipped(AttentionShape.Model))
    {
    }

    /// <summary>Makes a predictor with given weights.</summary>
    /// <param name="weights">The weights.</param>
    /// <exception cref="WeightFormatException">They belong to another model.</exception>
    public AttentionPredictor(WeightSet weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        _network = new AttentionNetwork(weights);
        _container = new ContainerContext(_network.Selection);
        _workers = new NetworkWorkers<PageInput>(new AttentionWorker(_network, _round, _biases), new AttentionWorker(_network, _round, _biases));
        _pass = new SpreadPass(this);
    }

    /// <inheritdoc/>
    public string Name => AttentionShape.Model;

    /// <summary>How many pages were predicted by their last value, and how many common inputs were not numbers and taken as 0, ever.</summary>
    public long FallbackCount => _workers.Fallbacks + _container.NotNumbers;

    /// <summary>How many different inputs the last prediction evaluated.</summary>
    public int EvaluatedCount => _workers.Evaluated;

    /// <summary>The common inputs of the last prediction.</summary>
    internal RoundContext Round => _round;

    /// <inheritdoc/>
    public void Learn(PageHistories histories)
    {
        ArgumentNullException.ThrowIfNull(histories);
        _container.Learn(histories);
    }

    /// <inheritdoc/>
    public void Predict(PageHistories histories, PagePrediction prediction)
    {
        ArgumentNullException.ThrowIfNull(histories);
        ArgumentNullException.ThrowIfNull(prediction);
        _pass.Predict(histories, prediction);
        prediction.Thresholds.Fill(0.5f);
    }

    void IBlockModel.Begin(PageHistories histories, PagePrediction candidates)
    {
        _container.Fill(histories, _round);
        _biases.Fill(_network, _round);
        _workers.Begin();
    }

    void IBlockModel.Predict(BlockView block, int worker, ModelAnswers answers, int at) => _workers.Predict(block, worker, answers, at);

    void IBlockModel.End(int worker, ModelAnswers answers) => _workers.End(worker, answers);
}
