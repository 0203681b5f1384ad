using U2CMigration.Strategy.Peers;
using U2CMigration.Strategy.Rounds;
using static U2CMigration.Strategy.Tests.Observations;

namespace U2CMigration.Strategy.Tests.Peers;

public sealed class IncusTests
{
    private const long Resident = 131_072;

    [Fact]
    public void AsIntended_NeverCalm_SendsTheTenConfiguredRounds() => RoundsSent(IncusPreCopyStrategy.AsIntended()).Should().Be(10);

    [Fact]
    public void AsWritten_NeverCalm_SendsSixOfTheTenConfiguredRounds() => RoundsSent(IncusPreCopyStrategy.AsWritten()).Should().Be(6);

    [Theory]
    [InlineData(Resident * 30 / 100, RoundDecision.StopAndCopy)] // 29.99 % written: 71 % unchanged
    [InlineData((Resident * 30 / 100) + 2, RoundDecision.SendRound)] // 30 % written: 70 % unchanged
    public void Plan_SharePastTheGoal_Stops(long written, RoundDecision expected) =>
        Decision(IncusPreCopyStrategy.AsIntended(), 2, 1_000, written).Should().Be(expected);

    [Fact]
    public void Plan_FirstRound_DoesNotStop() =>
        Decision(IncusPreCopyStrategy.AsIntended(), 1, 1_000, Resident).Should().Be(RoundDecision.SendRound);

    private static int RoundsSent(IncusPreCopyStrategy strategy)
    {
        int round = 0;
        while (Decision(strategy, round, Resident, round == 0 ? null : Resident) == RoundDecision.SendRound)
        {
            round++;
        }

        return round;
    }
}
