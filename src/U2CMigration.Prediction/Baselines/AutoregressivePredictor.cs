using System.Numerics;
using U2CMigration.Prediction.Blocks;
using U2CMigration.Prediction.Histories;
using U2CMigration.Prediction.Predictors;

namespace U2CMigration.Prediction.Baselines;

/// <summary>Predicts each page by a linear autoregression of its own over three samples: what <see cref="ArimaPredictor"/> computes, fast enough for every unstable page.</summary>
/// <remarks>The equations of Yule and Walker, solved by the recursion of Levinson and Durbin; a tiny ridge keeps constant histories solvable. Forecasts are cut off at 0 and 1.</remarks>
internal sealed class AutoregressivePredictor : IPagePredictor, IWordModel
{
    private const int Order = 3;
    private const float Ridge = 1e-3f;

    private readonly SpreadPass _pass;

    public AutoregressivePredictor() => _pass = new SpreadPass(this);

    public string Name => "autoregressive";

    public void Learn(PageHistories histories)
    {
    }

    public void Predict(PageHistories histories, PagePrediction prediction) => _pass.Predict(histories, prediction);

    void IWordModel.Predict(ulong word, int samples, Span<float> probabilities)
    {
        word &= HistoryBits.Mask(samples);
        int written = BitOperations.PopCount(word);
        if (samples <= 2 * Order || written == 0 || written == samples)
        {
            probabilities.Fill(samples > 0 ? written / (float)samples : 0);
            return;
        }

        float mean = written / (float)samples;
        (float first, float second, float third) = Weights(word, samples, mean);
        float newest = (word & 1) - mean;
        float before = ((word >> 1) & 1) - mean;
        float next = (first * newest) + (second * before) + (third * (((word >> 2) & 1) - mean));
        float after = (first * next) + (second * newest) + (third * before);
        probabilities[0] = Math.Clamp(mean + next, 0, 1);
        probabilities[1] = Math.Clamp(mean + after, 0, 1);
        probabilities[2] = Math.Clamp(mean + (first * after) + (second * next) + (third * newest), 0, 1);
    }

    private static (float First, float Second, float Third) Weights(ulong word, int samples, float mean)
    {
        float r0 = Covariance(word, samples, 0, mean) + Ridge;
        float r1 = Covariance(word, samples, 1, mean);
        float r2 = Covariance(word, samples, 2, mean);
        float r3 = Covariance(word, samples, 3, mean);
        float k1 = r1 / r0;
        float error = r0 * (1 - (k1 * k1));
        float k2 = (r2 - (k1 * r1)) / error;
        float a1 = k1 - (k2 * k1);
        error *= 1 - (k2 * k2);
        float k3 = (r3 - (a1 * r2) - (k2 * r1)) / error;
        return (a1 - (k3 * k2), k2 - (k3 * a1), k3);
    }

    private static float Covariance(ulong word, int samples, int lag, float mean)
    {
        int pairs = samples - lag;
        float both = BitOperations.PopCount(word & (word >> lag));
        float sums = BitOperations.PopCount(word & HistoryBits.Mask(pairs)) + BitOperations.PopCount(word >> lag);
        return (both - (mean * sums) + (pairs * mean * mean)) / samples;
    }
}
