using U2CMigration.Strategy.Rounds;
using U2CMigration.Strategy.Strategies;
using static U2CMigration.Strategy.Tests.Observations;

namespace U2CMigration.Strategy.Tests;

public sealed class SliceLengthTests
{
    private readonly SliceLength _slice = new();

    [Theory]
    [InlineData(true, 100)]
    [InlineData(false, 50)]
    public void Next_WorkloadThatWritesLittle_IsShorterAfterTheFirstPass(bool isFirstPass, int expectedMilliseconds) =>
        After(400, 5, isFirstPass: isFirstPass).Should().Be(Milliseconds(expectedMilliseconds));

    [Fact]
    public void Next_ManyFaults_GrowsUpToASecond() => After(25_000, 10).Should().Be(TimeSpan.FromSeconds(1));

    [Fact]
    public void Next_WorkloadCalmsDown_IsShortAgain()
    {
        After(25_000, 10);

        After(100, 10).Should().BeLessThan(Milliseconds(100));
    }

    [Theory]
    [InlineData(5, 50)]
    [InlineData(20, 100)]
    [InlineData(60, 400)]
    [InlineData(5000, 1000)]
    public void Next_LooksThatTakeLong_AreMadeSeldom(int lookMilliseconds, int expectedMilliseconds) =>
        After(400, 10, lookMilliseconds).Should().Be(Milliseconds(expectedMilliseconds));

    [Theory]
    [InlineData(10, 50)]
    [InlineData(30, 200)]
    public void Next_LearningThatTakesLong_CountsOncePerSample(int learnMilliseconds, int expectedMilliseconds) =>
        After(400, 10, learnMilliseconds: learnMilliseconds).Should().Be(Milliseconds(expectedMilliseconds));

    [Fact]
    public void Next_OneLookWasHeldUp_StaysShort()
    {
        After(400, 5);

        After(400, 2, lookMilliseconds: 80).Should().Be(Milliseconds(50));
    }

    private static TimeSpan Milliseconds(int count) => TimeSpan.FromMilliseconds(count);

    private TimeSpan After(long dirtyPages, int looks, int lookMilliseconds = 0, int learnMilliseconds = 0, bool isFirstPass = false)
    {
        RoundObservation observation = At(3, dirtyPages, dirtyPages) with
        {
            Interval = Milliseconds(100),
            LookTime = Milliseconds(lookMilliseconds),
            LearnTime = Milliseconds(learnMilliseconds),
        };
        TimeSpan slice = default;
        for (int i = 0; i < looks; i++)
        {
            slice = _slice.Next(observation with { Round = 3 + i }, isFirstPass);
        }

        return slice;
    }
}
