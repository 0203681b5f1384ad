using U2CMigration.Strategy.Rounds;
using U2CMigration.Strategy.Strategies;

namespace U2CMigration.Strategy.Tests;

public sealed class StrategyTests
{
    private const double OneGigabit = 125_000_000;

    [Fact]
    public void Create_EveryName_GivesTheStrategyOfThatName() =>
        MigrationStrategies.Names.Select(name => MigrationStrategies.Create(name).Name).Should().Equal(MigrationStrategies.Names);

    [Fact]
    public void Create_UnknownName_NamesTheChoices()
    {
        Action create = () => MigrationStrategies.Create("magic");

        create.Should().Throw<ArgumentException>().WithMessage("*'magic'*precopy-qemu*");
    }

    [Theory]
    [InlineData(9_000, RoundDecision.StopAndCopy)] // 36.9 MB below 37.5 MB = 300 ms at 1 Gbit/s
    [InlineData(9_300, RoundDecision.SendRound)]
    public void Qemu_PendingAgainstDowntimeLimit_Decides(long pending, RoundDecision expected) =>
        new QemuPreCopyStrategy().Decide(Observe(3, pending, 10_000)).Should().Be(expected);

    [Fact]
    public void Qemu_FirstRound_IsSentHoweverLittleIsPending() =>
        new QemuPreCopyStrategy().Decide(Observe(0, 1, null)).Should().Be(RoundDecision.SendRound);

    [Fact]
    public void Converging_LargeFirstRound_DoesNotStop()
    {
        var strategy = new ConvergingPreCopyStrategy();

        strategy.Decide(Observe(0, 130_000, null)).Should().Be(RoundDecision.SendRound);
        strategy.Decide(Observe(1, 20_000, 130_000)).Should().Be(RoundDecision.SendRound);
    }

    [Fact]
    public void Converging_CopyTimeNegligible_Stops() =>
        new ConvergingPreCopyStrategy().Decide(Observe(3, 100, 5_000)).Should().Be(RoundDecision.StopAndCopy);

    [Fact]
    public void Converging_TwoRoundsWithoutProgress_Stops()
    {
        var strategy = new ConvergingPreCopyStrategy();

        strategy.Decide(Observe(2, 20_000, 20_000)).Should().Be(RoundDecision.SendRound);
        strategy.Decide(Observe(3, 19_000, 20_000)).Should().Be(RoundDecision.StopAndCopy);
    }

    private static RoundObservation Observe(int round, long pending, long? previousPending) => new()
    {
        Round = round,
        PendingPages = pending,
        ResidentPages = 131_072,
        BandwidthBytesPerSecond = OneGigabit,
        Elapsed = TimeSpan.FromSeconds(5),
        Previous = previousPending is { } p ? new RoundOutcome(p, p, TimeSpan.FromSeconds(1)) : null,
        FixedDowntime = TimeSpan.FromMilliseconds(100),
    };
}
