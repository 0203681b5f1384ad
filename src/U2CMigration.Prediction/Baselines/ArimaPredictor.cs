using MathNet.Numerics.LinearAlgebra;
using U2CMigration.Prediction.Blocks;
using U2CMigration.Prediction.Histories;
using U2CMigration.Prediction.Predictors;

namespace U2CMigration.Prediction.Baselines;

/// <summary>Predicts each page by an autoregressive model of its own: ARIMA(3,0,0) with a mean, fitted anew at every sample.</summary>
/// <remarks>
/// Bits neither drift nor need a moving average, hence the order. Fitted by the equations of Yule and Walker with the biased autocovariances, which keep the model
/// stationary; a tiny ridge keeps constant histories solvable. Pages with equal histories share a fit. Forecasts are cut off at 0 and 1.
/// </remarks>
public sealed class ArimaPredictor : IPagePredictor, IWordModel
{
    private const int Order = 3;
    private const double Ridge = 1e-3;
    private const int MaximumFits = 1 << 16;

    private readonly Dictionary<(ulong Word, int Samples), Forecast> _forecasts = [];
    private readonly Matrix<double> _matrix = Matrix<double>.Build.Dense(Order, Order);
    private readonly Vector<double> _right = Vector<double>.Build.Dense(Order);

    private readonly SpreadPass _pass;

    /// <summary>Makes the predictor.</summary>
    public ArimaPredictor() => _pass = new SpreadPass(this);

    /// <inheritdoc/>
    public string Name => "arima";

    /// <inheritdoc/>
    public void Learn(PageHistories histories)
    {
    }

    /// <inheritdoc/>
    public void Predict(PageHistories histories, PagePrediction prediction)
    {
        ArgumentNullException.ThrowIfNull(histories);
        ArgumentNullException.ThrowIfNull(prediction);
        _pass.Predict(histories, prediction);
    }

    void IWordModel.Predict(ulong word, int samples, Span<float> probabilities)
    {
        Forecast forecast;
        lock (_forecasts)
        {
            if (!_forecasts.TryGetValue((word, samples), out forecast))
            {
                forecast = Fit(word, samples);
                if (_forecasts.Count >= MaximumFits)
                {
                    _forecasts.Clear();
                }

                _forecasts.Add((word, samples), forecast);
            }
        }

        (probabilities[0], probabilities[1], probabilities[2]) = (forecast.Next, forecast.Second, forecast.Third);
    }

    private Forecast Fit(ulong word, int samples)
    {
        double mean = samples > 0 ? HistoryBits.Count(word, samples) / (double)samples : 0;
        if (samples <= 2 * Order || mean is 0 or 1)
        {
            return new Forecast((float)mean, (float)mean, (float)mean);
        }

        Span<double> covariances = stackalloc double[Order + 1];
        for (int lag = 0; lag <= Order; lag++)
        {
            covariances[lag] = Covariance(word, samples, lag, mean);
        }

        for (int row = 0; row < Order; row++)
        {
            _right[row] = covariances[row + 1];
            for (int column = 0; column < Order; column++)
            {
                _matrix[row, column] = covariances[Math.Abs(row - column)] + (row == column ? Ridge : 0);
            }
        }

        Vector<double> weights = _matrix.Solve(_right);
        Span<double> deviations = stackalloc double[Order + PagePrediction.Horizons];
        for (int i = 0; i < Order; i++)
        {
            deviations[Order - 1 - i] = ((word >> i) & 1) - mean;
        }

        for (int i = Order; i < deviations.Length; i++)
        {
            for (int lag = 1; lag <= Order; lag++)
            {
                deviations[i] += weights[lag - 1] * deviations[i - lag];
            }
        }

        return new Forecast(Cut(mean + deviations[Order]), Cut(mean + deviations[Order + 1]), Cut(mean + deviations[Order + 2]));
    }

    private static double Covariance(ulong word, int samples, int lag, double mean)
    {
        int pairs = samples - lag;
        double both = HistoryBits.Count(word & (word >> lag), pairs);
        double sums = HistoryBits.Count(word, pairs) + HistoryBits.Count(word >> lag, pairs);
        return (both - (mean * sums) + (pairs * mean * mean)) / samples;
    }

    private static float Cut(double value) => double.IsFinite(value) ? (float)Math.Clamp(value, 0, 1) : 0;

    private readonly record struct Forecast(float Next, float Second, float Third);
}
