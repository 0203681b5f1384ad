using U2CMigration.Prediction.Histories;
using U2CMigration.Strategy.Rounds;
using U2CMigration.Strategy.Strategies;
using static U2CMigration.Strategy.Tests.Observations;

namespace U2CMigration.Strategy.Tests;

public sealed class DirtyBooksTests
{
    [Theory]
    [InlineData(40, 3)]
    [InlineData(90, 2)]
    public void Take_LooksEvery50Milliseconds_LearnsOncePerSample(int shortestSampleMilliseconds, int expected)
    {
        var strategy = new Learning(TimeSpan.FromMilliseconds(shortestSampleMilliseconds));
        var books = new DirtyBooks(strategy);

        bool[] learned = [Take(TimeSpan.Zero), Take(TimeSpan.FromMilliseconds(50)), Take(TimeSpan.FromMilliseconds(50))];

        strategy.Count.Should().Be(expected);
        learned.Count(static sample => sample).Should().Be(expected);

        bool Take(TimeSpan sinceLast) => books.Take(Pages(0, 10), sinceLast, static () => default);
    }

    /// <summary>With slices of 50 ms.</summary>
    [Fact]
    public void Traits_U2c_LearnsFromEverySecondLook() =>
        MigrationStrategies.CreateForReplay("u2c").Traits.ShortestSample.Should().BeGreaterThan(TimeSpan.FromMilliseconds(50)).And.BeLessThan(TimeSpan.FromMilliseconds(100));

    private sealed class Learning(TimeSpan shortestSample) : IMigrationStrategy
    {
        public int Count { get; private set; }

        public string Name => "learning";

        public StrategyTraits Traits { get; } = new() { ShortestSample = shortestSample };

        public void Learn(PageHistories histories) => Count++;

        public void Plan(RoundObservation observation, RoundPlan plan)
        {
        }
    }
}
