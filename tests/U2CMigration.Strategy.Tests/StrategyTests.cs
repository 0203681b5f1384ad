using U2CMigration.PageTracking.Pages;
using U2CMigration.Strategy.Rounds;
using U2CMigration.Strategy.Strategies;
using static U2CMigration.Strategy.Tests.Observations;

namespace U2CMigration.Strategy.Tests;

public sealed class StrategyTests
{
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
    [InlineData("precopy-qemu+codec", true)]
    [InlineData("precopy-qemu", false)]
    [InlineData("mbdpc", true)]
    [InlineData("U2C-Paper+Codec", true)]
    public void Create_CodecSuffix_TurnsTheCodecOn(string name, bool codec) => MigrationStrategies.Create(name).Traits.UsesCodec.Should().Be(codec);

    [Fact]
    public void Create_CodecSuffix_LeavesTheStrategyAsItIs()
    {
        IMigrationStrategy strategy = MigrationStrategies.Create("u2c-paper+codec");

        strategy.Traits.SampleInterval.Should().Be(MigrationStrategies.Create("u2c-paper").Traits.SampleInterval);
        Decision(strategy, 0, 1_000, null).Should().Be(RoundDecision.SendRound);
    }

    [Fact]
    public void Names_StrategiesThatUseTheCodecAnyway_AreNotListedTwice() =>
        MigrationStrategies.Names.Should().Contain("precopy-phaul+codec").And.NotContain("u2c+codec");

    [Theory]
    [InlineData(9_000, RoundDecision.StopAndCopy)] // 36.9 MB below 37.5 MB = 300 ms at 1 Gbit/s
    [InlineData(9_300, RoundDecision.SendRound)]
    public void Qemu_PendingAgainstDowntimeLimit_Decides(long owed, RoundDecision expected) =>
        Decision(new QemuPreCopyStrategy(), 3, owed, 10_000).Should().Be(expected);

    [Fact]
    public void Qemu_FirstRound_IsSentHoweverLittleIsPending() =>
        Decision(new QemuPreCopyStrategy(), 0, 1, null).Should().Be(RoundDecision.SendRound);

    [Fact]
    public void Converging_LargeFirstRound_DoesNotStop()
    {
        var strategy = new ConvergingPreCopyStrategy();

        Decision(strategy, 0, 130_000, null).Should().Be(RoundDecision.SendRound);
        Decision(strategy, 1, 20_000, 130_000).Should().Be(RoundDecision.SendRound);
    }

    [Fact]
    public void Converging_CopyTimeNegligible_Stops() =>
        Decision(new ConvergingPreCopyStrategy(), 3, 100, 5_000).Should().Be(RoundDecision.StopAndCopy);

    [Fact]
    public void Converging_TwoRoundsWithoutProgress_Stops()
    {
        var strategy = new ConvergingPreCopyStrategy();

        Decision(strategy, 2, 20_000, 20_000).Should().Be(RoundDecision.SendRound);
        Decision(strategy, 3, 19_000, 20_000).Should().Be(RoundDecision.StopAndCopy);
    }

    [Fact]
    public void PlainStrategies_SentRound_CarriesEverythingOwedToItsEnd()
    {
        foreach (IMigrationStrategy strategy in (IMigrationStrategy[])[new QemuPreCopyStrategy(), new ConvergingPreCopyStrategy()])
        {
            RoundPlan plan = PlanOf(strategy, At(1, 50_000, 130_000));

            plan.PageCount.Should().Be(50_000);
            plan.Slice.Should().Be(Timeout.InfiniteTimeSpan);
        }
    }
}
