using U2CMigration.Strategy.Rounds;
using U2CMigration.Strategy.Strategies;
using static U2CMigration.Strategy.Tests.Observations;

namespace U2CMigration.Strategy.Tests;

/// <summary>The link carries 3,052 pages per 100 ms.</summary>
public sealed class StopRuleTests
{
    private const int All = 100_000;
    private const int PerRound = 3_000;

    private readonly StopRule _rule = new();
    private int _round;

    [Fact]
    public void ShouldStop_NothingGained_IsTrueAfterAsLongAsCopyingTakesTwice()
    {
        int rounds = RoundsUntilStop(Enumerable.Repeat((Owed: 10_000, Dirty: PerRound), 100));

        // 10,000 pages are 328 ms.
        rounds.Should().BeInRange(7, 9);
    }

    [Fact]
    public void ShouldStop_PagesBecomeDearerWhileTheyBecomeFewer_IsFalse()
    {
        bool[] stops = [.. Enumerable.Range(0, 10).Select(i => ShouldStop(30_000 - (i * 2_000), 100, new WireCosts(4096, 1000 * (1 + (0.1 * i)))))];

        stops.Should().NotContain(true);
    }

    [Fact]
    public void ShouldStop_SweepBegins_WaitsForTheNextTrough()
    {
        int stop = RoundsUntilStop(Sweeps(first: 8_000).Take(400));

        // The trough is in rounds 14 and 15, the sweep in rounds 16 to 19, the next trough around round 35.
        stop.Should().BeInRange(30, 37);
    }

    [Fact]
    public void ShouldStop_LevelOfTheTroughIsPassedSteeply_GoesOnToTheBottom()
    {
        IEnumerable<(int Owed, int Dirty)> rounds = Enumerable.Repeat((20_000, PerRound), 9).Concat(Enumerable.Repeat((45_000, 10_000), 6))
            .Concat(Enumerable.Range(1, 13).Select(i => (45_000 - (3_000 * i), 100))).Concat(Enumerable.Repeat((6_000, PerRound), 50));

        // The old level is passed in round 24, the bottom reached in round 28.
        RoundsUntilStop(rounds).Should().BeInRange(28, 40);
    }

    [Fact]
    public void ShouldStop_LevelOfTheTroughDoesNotComeBack_IsTrueAtLast()
    {
        IEnumerable<(int, int)> rises = Enumerable.Repeat((8_000, PerRound), 6).Concat(Enumerable.Repeat((20_000, PerRound), 200));

        // 12,000 pages more are 0.39 s, worth 2 s.
        RoundsUntilStop(rises).Should().BeInRange(20, 45);
    }

    [Fact]
    public void ShouldStop_LullsCameBefore_WaitsForOne()
    {
        IEnumerable<(int, int)> lull = Enumerable.Range(0, 15).Select(i => (40_000 - (1_000 * i), 0)).Concat(Enumerable.Repeat((25_000, PerRound), 200));

        int stop = RoundsUntilStop(lull);

        RoundsUntilStop(Enumerable.Repeat((25_000, PerRound), 200), new StopRule()).Should().BeLessThan(25);
        stop.Should().BeInRange(55, 150);
    }

    /// <summary>Owed falls to a trough, rises within four rounds, and falls again.</summary>
    private static IEnumerable<(int Owed, int Dirty)> Sweeps(int first)
    {
        int owed = first + (14 * 2_000);
        for (int i = 0; ; i++)
        {
            int phase = i % 20;
            owed += phase switch { < 14 => -2_000, < 16 => 0, _ => 7_000 };
            yield return (owed, phase < 16 ? 100 : 10_000);
        }
    }

    private int RoundsUntilStop(IEnumerable<(int Owed, int Dirty)> rounds, StopRule? rule = null)
    {
        int count = 0;
        foreach ((int owed, int dirty) in rounds)
        {
            count++;
            if (ShouldStop(owed, dirty, WireCosts.Raw, rule))
            {
                return count;
            }
        }

        return int.MaxValue;
    }

    private bool ShouldStop(int owed, int dirty, WireCosts costs, StopRule? rule = null)
    {
        _round++;
        return (rule ?? _rule).ShouldStop(At(_round, 0, All) with
        {
            Owed = Pages(0, owed),
            Dirty = Pages(0, dirty),
            Delivered = Pages(0, All),
            Interval = TimeSpan.FromMilliseconds(100),
            Elapsed = TimeSpan.FromMilliseconds(100 * _round),
            Costs = costs,
        });
    }
}
