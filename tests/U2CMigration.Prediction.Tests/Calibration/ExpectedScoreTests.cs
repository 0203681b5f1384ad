using U2CMigration.Prediction.Calibration;

namespace U2CMigration.Prediction.Tests.Calibration;

public sealed class ExpectedScoreTests
{
    [Fact]
    public void BestThreshold_AllPagesAlike_PredictsThemAll()
    {
        var score = new ExpectedScore();
        score.Add(0.3f, 1000);
        score.BestThreshold().Should().BeInRange(0.25f, 0.3f);
    }

    [Fact]
    public void BestThreshold_FewHotAndManyColdPages_LiesBetween()
    {
        // All pages: 2 * 190 / (10100 + 190); the hot ones alone: 2 * 90 / (100 + 190).
        var score = new ExpectedScore();
        score.Add(0.9f, 100);
        score.Add(0.01f, 10_000);
        score.BestThreshold().Should().BeInRange(0.02f, 0.9f);
    }

    [Fact]
    public void BestThreshold_ManyProbabilities_IsTheBestOfAll()
    {
        var random = new Random(1);
        float[] probabilities = [.. Enumerable.Range(0, 5000).Select(_ => (float)Math.Pow(random.NextDouble(), 3))];
        var score = new ExpectedScore();
        foreach (float probability in probabilities)
        {
            score.Add(probability);
        }

        double Expected(float threshold) =>
            2 * probabilities.Where(p => p >= threshold).Sum() / (probabilities.Count(p => p >= threshold) + probabilities.Sum());
        double best = Enumerable.Range(0, 1000).Max(i => Expected(i / 1000f));
        Expected(score.BestThreshold()).Should().BeGreaterThan(best - 0.002);
    }

    [Fact]
    public void Add_AnotherScore_CountsItsPagesToo()
    {
        var parts = new ExpectedScore();
        var whole = new ExpectedScore();
        foreach (float probability in new[] { 0.9f, 0.4f, 0.1f, 0.01f })
        {
            var one = new ExpectedScore();
            one.Add(probability, 100 / probability);
            whole.Add(probability, 100 / probability);
            parts.Add(one);
        }

        parts.BestThreshold().Should().Be(whole.BestThreshold());
    }

    [Fact]
    public void BestThreshold_NothingExpected_IsAHalf()
    {
        var score = new ExpectedScore();
        score.Add(float.NaN);
        score.Add(0, 50);
        score.BestThreshold().Should().Be(0.5f);
    }
}
