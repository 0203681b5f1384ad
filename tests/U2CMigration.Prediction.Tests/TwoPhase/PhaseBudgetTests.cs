using U2CMigration.Prediction.TwoPhase;

namespace U2CMigration.Prediction.Tests.TwoPhase;

public sealed class PhaseBudgetTests
{
    private readonly HandClock _clock = new();
    private readonly PhaseBudget _budget;

    public PhaseBudgetTests() => _budget = new PhaseBudget(_clock);

    [Fact]
    public void IsAffordable_CostsASmallShare_Stays()
    {
        Used(100, cost: 10).Should().Be(100);
        _budget.SkippedSamples.Should().Be(0);
    }

    [Theory]
    [InlineData(20, 10, 14)]
    [InlineData(80, 2, 3)]
    public void IsAffordable_LearningCostsMoreThanTheShare_IsTriedSeldom(int cost, int least, int most)
    {
        int used = Used(200, cost);

        used.Should().BeInRange(least, most);
        _budget.SkippedSamples.Should().Be(200 - used);
    }

    [Fact]
    public void IsAffordable_PredictionsCostMoreThanTheShare_IsUsedAsOftenAsThatAllows()
    {
        int used = 0;
        for (int i = 0; i < 100; i++)
        {
            used += Sample(interval: 100, cost: 5, prediction: 24) ? 1 : 0;
        }

        used.Should().BeInRange(49, 51);
    }

    [Fact]
    public void IsAffordable_SamplesBecomeRarer_IsTriedAgain()
    {
        Used(10, cost: 60);

        List<bool> used = [Sample(1000, 60), Sample(1000, 60), Sample(1000, 60)];

        used.Should().Equal(false, true, true);
    }

    [Fact]
    public void Affords_QuestionsAboutManyPages_AreJudgedByThePriceOfFew()
    {
        Sample(100, 10);
        _budget.NextSample();

        _budget.Affords(499).Should().BeTrue();
        _budget.Affords(501).Should().BeFalse();
    }

    private int Used(int samples, int cost)
    {
        int used = 0;
        for (int i = 0; i < samples; i++)
        {
            used += Sample(100, cost) ? 1 : 0;
        }

        return used;
    }

    private bool Sample(int interval, int cost, int prediction = 0)
    {
        _budget.NextSample();
        bool used = _budget.IsAffordable;
        if (used)
        {
            _budget.Begin();
            _clock.Advance(cost);
            _budget.EndLearning(pages: 100);
            _budget.Begin();
            _clock.Advance(prediction);
            _budget.EndPrediction();
        }

        _clock.Advance(interval - (used ? cost + prediction : 0));
        return used;
    }
}
