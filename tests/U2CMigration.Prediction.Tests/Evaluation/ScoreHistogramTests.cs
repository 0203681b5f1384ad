using U2CMigration.Prediction.Evaluation;

namespace U2CMigration.Prediction.Tests.Evaluation;

public sealed class ScoreHistogramTests
{
    [Fact]
    public void AveragePrecision_SmallExample_EqualsTheDefinition()
    {
        // By falling probability: hit, miss, hit: 1/2 * 1/1 + 1/2 * 2/3.
        var histogram = new ScoreHistogram();
        histogram.Add(0.9f, true);
        histogram.Add(0.5f, false);
        histogram.Add(0.1f, true);
        histogram.AveragePrecision().Should().BeApproximately((1 + (2 / 3.0)) / 2, 1e-9);
    }

    [Fact]
    public void AveragePrecision_EqualProbabilities_IsTheShareThatWasWritten()
    {
        var histogram = new ScoreHistogram();
        for (int i = 0; i < 10; i++)
        {
            histogram.Add(0.3f, i < 3);
        }

        histogram.AveragePrecision().Should().BeApproximately(0.3, 1e-9);
    }

    [Fact]
    public void AveragePrecision_NothingWritten_IsNotANumber() => new ScoreHistogram().AveragePrecision().Should().Be(double.NaN);

    [Theory]
    [InlineData(0.0003f, 0.0006f)]
    [InlineData(0.1f, 0.13f)]
    [InlineData(0.49f, 0.52f)]
    [InlineData(0.9f, 0.95f)]
    [InlineData(0.9995f, 0.9999f)]
    public void BestThreshold_TwoProbabilities_LiesBetweenThem(float clean, float written)
    {
        var histogram = new ScoreHistogram();
        histogram.Add(clean, false);
        histogram.Add(clean, false);
        histogram.Add(written, true);
        histogram.BestThreshold().Should().BeGreaterThan(clean).And.BeLessThanOrEqualTo(written);
    }

    [Fact]
    public void BestThreshold_ZeroAndOne_TakesTheOnes()
    {
        var histogram = new ScoreHistogram();
        histogram.Add(0, false);
        histogram.Add(1, true);
        histogram.BestThreshold().Should().BeGreaterThan(0).And.BeLessThanOrEqualTo(1);
    }

    [Fact]
    public void LogLoss_SmallExample_IsTheMeanNegativeLogarithm()
    {
        var histogram = new ScoreHistogram();
        histogram.Add(0.9f, true);
        histogram.Add(0.2f, false);
        histogram.Add(0.003f, true);
        histogram.LogLoss().Should().BeApproximately(-(Math.Log(0.9) + Math.Log(0.8) + Math.Log(0.003)) / 3, 0.01);
    }

    [Fact]
    public void LogLoss_CertainAndWrong_IsFinite()
    {
        var histogram = new ScoreHistogram();
        histogram.Add(0, true);
        histogram.Add(1, false);
        histogram.LogLoss().Should().BeInRange(5, 10);
    }

    [Fact]
    public void LogLoss_NoOutcomes_IsNotANumber() => new ScoreHistogram().LogLoss().Should().Be(double.NaN);
}
