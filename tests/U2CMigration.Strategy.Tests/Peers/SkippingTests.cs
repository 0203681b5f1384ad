using U2CMigration.Prediction.Baselines;
using U2CMigration.Strategy.Peers;
using U2CMigration.Strategy.Rounds;
using static U2CMigration.Strategy.Tests.Observations;

namespace U2CMigration.Strategy.Tests.Peers;

public sealed class SkippingTests
{
    private readonly SkippingPreCopyStrategy _strategy = new(new FrequencyPredictor());
    private readonly WatchedPages _pages = new();

    [Fact]
    public void Plan_FirstRound_SendsEverything() => PlanOf(_strategy, At(0, WatchedPages.All, null)).PageCount.Should().Be(WatchedPages.All);

    [Fact]
    public void Plan_PagesPredictedDirty_AreSkipped()
    {
        _pages.Show(_strategy, [.. Enumerable.Repeat((long)WatchedPages.Hot, 20)]);

        RoundPlan plan = PlanOf(_strategy, _pages.State(1, 5_000, WatchedPages.All));

        (plan.Decision, plan.PageCount).Should().Be((RoundDecision.SendRound, 5_000L - WatchedPages.Hot));
    }

    [Fact]
    public void Plan_OnlySkippedPagesLeft_Stops()
    {
        _pages.Show(_strategy, [.. Enumerable.Repeat(2_000L, 20)]);

        PlanOf(_strategy, _pages.State(1, 2_000, WatchedPages.All)).Decision.Should().Be(RoundDecision.StopAndCopy);
    }

    [Fact]
    public void Traits_Always_AskForDifferencesAndSamples() =>
        (_strategy.Traits.UsesCodec, _strategy.Traits.SampleInterval > TimeSpan.Zero).Should().Be((true, true));
}
