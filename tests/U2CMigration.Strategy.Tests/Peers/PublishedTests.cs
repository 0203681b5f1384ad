using U2CMigration.Prediction.Attention;
using U2CMigration.Prediction.Histories;
using U2CMigration.Prediction.Predictors;
using U2CMigration.Prediction.TwoPhase;
using U2CMigration.Strategy.Peers;
using U2CMigration.Strategy.Rounds;
using static U2CMigration.Strategy.Tests.Observations;

namespace U2CMigration.Strategy.Tests.Peers;

public sealed class PublishedTests
{
    private readonly WatchedPages _pages = new();

    [Fact]
    public void Plan_HotPages_AreHeldBackAlsoWhenNeverSent()
    {
        var strategy = new PublishedStrategy(new PublishedPredictor(new AttentionPredictor()));
        _pages.Show(strategy, [.. Enumerable.Repeat((long)WatchedPages.Hot, 20)]);

        PlanOf(strategy, _pages.State(1, WatchedPages.All, WatchedPages.All)).PageCount.Should().Be(WatchedPages.All - WatchedPages.Hot);
    }

    [Theory]
    [InlineData(1, 100, 200, RoundDecision.SendRound)]
    [InlineData(2, 100, 200, RoundDecision.StopAndCopy)]
    [InlineData(2, 200, 100, RoundDecision.SendRound)]
    public void Plan_NextIterationAgainstTheHorizon_Decides(int round, int next, int later, RoundDecision expected)
    {
        var strategy = new PublishedStrategy(new KnownNumbers(next, later));
        _pages.Show(strategy, WatchedPages.Hot);

        PlanOf(strategy, _pages.State(round, 5_000, WatchedPages.All)).Decision.Should().Be(expected);
    }

    [Fact]
    public void Plan_EverythingHeldBack_Stops()
    {
        var strategy = new PublishedStrategy(new KnownNumbers(500, 100));
        _pages.Show(strategy, WatchedPages.Hot);

        PlanOf(strategy, _pages.State(1, 500, WatchedPages.All)).Decision.Should().Be(RoundDecision.StopAndCopy);
    }

    /// <summary>Predicts so many of the first pages dirty in the next sample, and in those behind it.</summary>
    private sealed class KnownNumbers(int next, int later) : IPagePredictor
    {
        public string Name => "known-numbers";

        public void Learn(PageHistories histories)
        {
        }

        public void Predict(PageHistories histories, PagePrediction prediction)
        {
            for (int block = 0; block < prediction.Blocks.Count; block++)
            {
                for (int horizon = 0; horizon < PagePrediction.Horizons; horizon++)
                {
                    Span<float> probabilities = prediction.Probabilities(block, horizon);
                    probabilities.Clear();
                    probabilities[..(block == 0 ? horizon == 0 ? next : later : 0)].Fill(1);
                }
            }
        }
    }
}
