using U2CMigration.Prediction.Blocks;
using U2CMigration.Prediction.Histories;
using U2CMigration.Prediction.Predictors;

namespace U2CMigration.Prediction.Baselines;

/// <summary>Predicts the exponentially weighted average of a page's history, with the weight that fitted the container best so far.</summary>
public sealed class ExponentialPredictor : IPagePredictor, IWordModel
{
    private const double Fading = 0.95;
    private const float Certain = 0.999f;

    private static readonly ExponentialWeights[] Weights = [.. new[] { 0.03, 0.06, 0.12, 0.25, 0.5 }.Select(static weight => new ExponentialWeights(weight))];

    private readonly PageSampler _sampler = new(4096);
    private readonly PageSampler.Visitor _judge;
    private readonly double[] _errors = new double[Weights.Length];
    private readonly SpreadPass _pass;
    private ExponentialWeights _best = Weights[3];

    /// <summary>A predictor that has learned nothing yet.</summary>
    public ExponentialPredictor()
    {
        _judge = Judge;
        _pass = new SpreadPass(this);
    }

    /// <inheritdoc/>
    public string Name => "exponential";

    /// <inheritdoc/>
    public void Learn(PageHistories histories)
    {
        ArgumentNullException.ThrowIfNull(histories);
        for (int i = 0; i < _errors.Length; i++)
        {
            _errors[i] *= Fading;
        }

        _sampler.Visit(histories, _judge);
        _best = Weights[Array.IndexOf(_errors, _errors.Min())];
    }

    /// <inheritdoc/>
    public void Predict(PageHistories histories, PagePrediction prediction)
    {
        ArgumentNullException.ThrowIfNull(histories);
        ArgumentNullException.ThrowIfNull(prediction);
        _pass.Predict(histories, prediction);
    }

    void IWordModel.Predict(ulong word, int samples, Span<float> probabilities) =>
        probabilities.Fill(Math.Clamp(_best.Average(word, samples), 1 - Certain, Certain));

    private void Judge(ulong word, int samples)
    {
        if (samples < 2)
        {
            return;
        }

        for (int i = 0; i < Weights.Length; i++)
        {
            float error = (word & 1) - Weights[i].Average(word >> 1, samples - 1);
            _errors[i] += error * error;
        }
    }
}
