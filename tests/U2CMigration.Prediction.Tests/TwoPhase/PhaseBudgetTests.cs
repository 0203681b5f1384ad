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
    [InlineData(30, 50)]
    [InlineData(45, 34)]
    public void IsAffordable_CostsMore_IsUsedAsOftenAsItsShareAllows(int cost, int expected)
    {
        int used = Used(100, cost);

        used.Should().BeInRange(expected - 1, expected + 1);
        _budget.SkippedSamples.Should().Be(100 - used);
    }

    [Fact]
    public void IsAffordable_WouldTakeMostOfTheTime_IsNotTriedAgain() => Used(100, cost: 60).Should().Be(1);

    [Fact]
    public void IsAffordable_SamplesBecomeRarer_IsTriedAgain()
    {
        Used(100, cost: 60);

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

    private int Used(int interval, int cost)
    {
        int used = 0;
        for (int i = 0; i < 100; i++)
        {
            used += Sample(interval, cost) ? 1 : 0;
        }

        return used;
    }

    private bool Sample(int interval, int cost)
    {
        _budget.NextSample();
        bool used = _budget.IsAffordable;
        if (used)
        {
            _budget.Begin();
            _clock.Advance(cost);
            _budget.EndLearning(pages: 100);
        }

        _clock.Advance(interval - (used ? cost : 0));
        return used;
    }
}
