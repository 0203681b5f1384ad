using U2CMigration.Strategy.Rounds;
using U2CMigration.Strategy.Strategies;
using static U2CMigration.Strategy.Tests.Observations;

namespace U2CMigration.Strategy.Tests;

public sealed class SliceLengthTests
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(100);

    private readonly SliceLength _slice = new();

    [Fact]
    public void Next_WorkloadThatWritesLittle_StaysShort() => After(400, 5).Should().Be(Shortest);

    [Fact]
    public void Next_ManyFaults_GrowsUpToASecond() => After(25_000, 10).Should().Be(TimeSpan.FromSeconds(1));

    [Fact]
    public void Next_WorkloadCalmsDown_IsShortAgain()
    {
        After(25_000, 10);

        After(100, 10).Should().Be(Shortest);
    }

    [Theory]
    [InlineData(10, 100)]
    [InlineData(50, 400)]
    [InlineData(5000, 1000)]
    public void Next_LooksThatTakeLong_AreMadeSeldom(int lookMilliseconds, int expectedMilliseconds) =>
        After(400, 10, TimeSpan.FromMilliseconds(lookMilliseconds)).Should().Be(TimeSpan.FromMilliseconds(expectedMilliseconds));

    private TimeSpan After(long dirtyPages, int looks, TimeSpan lookTime = default)
    {
        RoundObservation observation = At(3, dirtyPages, dirtyPages) with { Interval = Shortest, LookTime = lookTime };
        TimeSpan slice = default;
        for (int i = 0; i < looks; i++)
        {
            slice = _slice.Next(observation);
        }

        return slice;
    }
}
