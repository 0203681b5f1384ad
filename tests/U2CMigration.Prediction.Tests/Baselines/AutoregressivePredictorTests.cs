using U2CMigration.Prediction.Baselines;
using U2CMigration.Prediction.Blocks;
using U2CMigration.Prediction.Predictors;

namespace U2CMigration.Prediction.Tests.Baselines;

public sealed class AutoregressivePredictorTests
{
    [Fact]
    public void Predict_RandomHistories_EqualsArima()
    {
        var random = new Random(1);
        IWordModel fast = new AutoregressivePredictor();
        IWordModel arima = new ArimaPredictor();
        for (int i = 0; i < 5000; i++)
        {
            int samples = random.Next(65);
            ulong word = Draw(random) & (samples == 64 ? ulong.MaxValue : (1UL << samples) - 1);
            float[] ours = new float[PagePrediction.Horizons];
            float[] theirs = new float[PagePrediction.Horizons];
            fast.Predict(word, samples, ours);
            arima.Predict(word, samples, theirs);
            for (int horizon = 0; horizon < ours.Length; horizon++)
            {
                ours[horizon].Should().BeApproximately(theirs[horizon], 2e-3f, "{0:x} of {1} samples", word, samples);
            }
        }
    }

    // Random bits, sparse ones, dense ones, and periods.
    private static ulong Draw(Random random)
    {
        ulong word = (ulong)random.NextInt64() ^ ((ulong)random.NextInt64() << 1);
        ulong other = (ulong)random.NextInt64();
        int period = random.Next(2, 12);
        return random.Next(4) switch
        {
            0 => word,
            1 => word & other & (ulong)random.NextInt64(),
            2 => word | other,
            _ => Enumerable.Range(0, 64).Where(age => age % period == 0).Aggregate(0UL, static (bits, age) => bits | (1UL << age)),
        };
    }
}
