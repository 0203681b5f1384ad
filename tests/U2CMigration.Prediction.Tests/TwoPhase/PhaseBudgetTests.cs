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
        Enumerable.Range(0, 100).Select(_ => Sample(100, 10)).Should().AllBeEquivalentTo(true);
        _budget.SkippedSamples.Should().Be(0);
    }

    [Fact]
    public void IsAffordable_OneDearSampleAtATime_Stays() =>
        Enumerable.Range(0, 100).Select(sample => Sample(100, sample % 2 == 0 ? 40 : 5)).Should().AllBeEquivalentTo(true);

    [Fact]
    public void IsAffordable_AlwaysDear_IsUsedSeldomAndMoreSeldom()
    {
        int used = Enumerable.Range(0, 500).Count(_ => Sample(100, 40));

        used.Should().BeInRange(4, 12);
        _budget.SkippedSamples.Should().Be(500 - used);
    }

    [Fact]
    public void IsAffordable_BecomesCheap_IsUsedAgain()
    {
        Enumerable.Range(0, 20).ToList().ForEach(_ => Sample(100, 40));

        List<bool> used = [.. Enumerable.Range(0, 60).Select(_ => Sample(100, 5))];
        string.Concat(used.Select(one => one ? "1" : "0")).Should().EndWith(new string('1', 20));
    }

    [Fact]
    public void IsAffordable_OneSampleOverruns_StopsAtOnce()
    {
        Sample(100, 60);

        Sample(100, 0).Should().BeFalse();
    }

    [Fact]
    public void Affords_QuestionsAboutManyPages_AreJudgedByThePriceOfFew()
    {
        Sample(100, 10);
        Sample(100, 10);

        _budget.Affords(499).Should().BeTrue();
        _budget.Affords(501).Should().BeFalse();
    }

    private bool Sample(int interval, int cost)
    {
        _budget.NextSample();
        bool used = _budget.IsAffordable;
        if (used)
        {
            _budget.Begin();
            _clock.Advance(cost);
            _budget.End(pages: 100);
        }

        _clock.Advance(interval - (used ? cost : 0));
        return used;
    }
}
