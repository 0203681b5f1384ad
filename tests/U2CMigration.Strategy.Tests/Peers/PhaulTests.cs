using U2CMigration.Strategy.Peers;
using U2CMigration.Strategy.Rounds;
using static U2CMigration.Strategy.Tests.Observations;

namespace U2CMigration.Strategy.Tests.Peers;

public sealed class PhaulTests
{
    [Fact]
    public void AsWritten_LargeFirstRound_StopsAlthoughNothingGrew() =>
        Decisions(PhaulPreCopyStrategy.AsWritten(), 130_000).Should().Equal(RoundDecision.SendRound, RoundDecision.StopAndCopy);

    [Fact]
    public void AsIntended_LargeFirstRound_DoesNotStop() =>
        Decisions(PhaulPreCopyStrategy.AsIntended(), 130_000, 10_000).Should().Equal(RoundDecision.SendRound, RoundDecision.SendRound, RoundDecision.SendRound);

    [Theory]
    [InlineData(10_031, RoundDecision.SendRound)]
    [InlineData(10_032, RoundDecision.StopAndCopy)]
    public void AsIntended_SecondRoundGrew_StopsFrom32PagesOn(long second, RoundDecision expected) =>
        Decisions(PhaulPreCopyStrategy.AsIntended(), 10_000, second)[^1].Should().Be(expected);

    [Theory]
    [InlineData(63, RoundDecision.StopAndCopy)]
    [InlineData(64, RoundDecision.SendRound)]
    public void AsIntended_TinyRound_StopsBelow64Pages(long second, RoundDecision expected) =>
        Decisions(PhaulPreCopyStrategy.AsIntended(), 10_000, second)[^1].Should().Be(expected);

    [Fact]
    public void AsIntended_EightRounds_Stops()
    {
        RoundDecision[] decisions = Decisions(PhaulPreCopyStrategy.AsIntended(), 9_000, 8_000, 7_000, 6_000, 5_000, 4_000, 3_000, 2_000);

        decisions[..^1].Should().AllBeEquivalentTo(RoundDecision.SendRound);
        decisions[^1].Should().Be(RoundDecision.StopAndCopy);
    }

    /// <summary>What is decided before the first round and behind each of them.</summary>
    private static RoundDecision[] Decisions(PhaulPreCopyStrategy strategy, params long[] sent) =>
        [Decision(strategy, 0, 130_000, null), .. sent.Select((pages, round) => Decision(strategy, round + 1, 20_000, pages))];
}
