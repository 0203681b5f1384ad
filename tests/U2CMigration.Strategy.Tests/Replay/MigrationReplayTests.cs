using U2CMigration.PageTracking.Pages;
using U2CMigration.Prediction.Traces;
using U2CMigration.Strategy.Replay;
using U2CMigration.Strategy.Rounds;
using U2CMigration.Strategy.Strategies;

namespace U2CMigration.Strategy.Tests.Replay;

/// <summary>Migrations that can be followed by hand: a hundred pages of which the first ten are always written, one page each millisecond.</summary>
public sealed class MigrationReplayTests
{
    private static readonly int[] Hot = [.. Enumerable.Range(0, 10)];
    private static readonly PageTrace Trace = RandomTraces.Of(TimeSpan.FromMilliseconds(10), [.. Enumerable.Range(0, 100)], [.. Enumerable.Repeat(Hot, 50)]);
    private static readonly ReplayConditions Conditions = new() { BandwidthBytesPerSecond = PageSize.Bytes * 1000, MaxDuration = TimeSpan.FromSeconds(10) };

    [Fact]
    public void Run_StopAndCopy_CopiesEverythingFrozen()
    {
        ReplayResult result = Run("stop-and-copy");

        (result.Freeze, result.FrozenPages, result.WireBytes).Should().Be((TimeSpan.Zero, 100L, 100d * PageSize.Bytes));
        result.Downtime.Should().Be(TimeSpan.FromMilliseconds(200));
    }

    [Fact]
    public void Run_Qemu_SendsEverythingThenStopsWithTheHotPages()
    {
        ReplayResult result = Run("precopy-qemu");

        result.Rounds.Should().Equal(new ReplayedRound(TimeSpan.Zero, TimeSpan.FromMilliseconds(100), 100, 100, 100d * PageSize.Bytes));
        result.Downtime.Should().Be(TimeSpan.FromMilliseconds(110));
        (result.WireBytes, result.StoppedByStrategy).Should().Be((110d * PageSize.Bytes, true));
    }

    [Fact]
    public void Run_Codec_SendsPagesAgainAtTheirLowerCost()
    {
        ReplayResult result = Run("precopy-qemu+codec");

        result.Downtime.Should().Be(TimeSpan.FromMilliseconds(101.25));
        result.WireBytes.Should().Be((100 + (10 / 8.0)) * PageSize.Bytes);
    }

    [Fact]
    public void Run_SlicedRound_SendsWhatFitsAndKeepsTheRestOwed()
    {
        ReplayResult result = Run(new Sliced(TimeSpan.FromMilliseconds(30), rounds: 2));

        result.Rounds.Select(static round => (round.OwedPages, round.SentPages)).Should().Equal((100, 30), (80, 30));

        // 100, without the 20 clean ones of the first 30, then the hot ones and pages 30 to 49 went.
        result.FrozenPages.Should().Be(60);
    }

    [Fact]
    public void Run_RoundThatSendsNothing_TakesTheTimeOfALook() =>
        Run(new Sliced(TimeSpan.FromMilliseconds(30), rounds: 5, sends: false)).Freeze.Should().Be(TimeSpan.FromMilliseconds(10));

    [Fact]
    public void Run_SamplingStrategy_LooksWhileARoundIsSent()
    {
        var strategy = new Sampling(TimeSpan.FromMilliseconds(40));

        Run(strategy);

        // The first look, 40 and 80 ms of the round; the 20 ms to its end are too short for a sample.
        strategy.Samples.Should().Equal(0, 40, 40);
    }

    [Fact]
    public void Run_NeverStopping_EndsAtTheLimits()
    {
        ReplayConditions conditions = Conditions with { MaxDuration = TimeSpan.FromSeconds(1) };

        ReplayResult result = MigrationReplay.Run(new TraceTimeline(Trace), conditions, new Sliced(TimeSpan.FromMilliseconds(30), int.MaxValue));

        result.StoppedByStrategy.Should().BeFalse();
        result.Freeze.Should().BeCloseTo(TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(30));
    }

    [Fact]
    public void Run_Twice_GivesTheSame()
    {
        var workload = new TraceTimeline(RandomTraces.Random(3));

        ReplayResult first = MigrationReplay.Run(workload, Conditions, MigrationStrategies.CreateForReplay("u2c"));
        ReplayResult second = MigrationReplay.Run(workload, Conditions, MigrationStrategies.CreateForReplay("u2c"));

        second.Should().BeEquivalentTo(first);
    }

    private static ReplayResult Run(string strategy) => Run(MigrationStrategies.CreateForReplay(strategy));

    private static ReplayResult Run(IMigrationStrategy strategy) => MigrationReplay.Run(new TraceTimeline(Trace), Conditions, strategy);

    private sealed class Sliced(TimeSpan slice, int rounds, bool sends = true) : IMigrationStrategy
    {
        public string Name => "sliced";

        public StrategyTraits Traits => StrategyTraits.Plain;

        public void Plan(RoundObservation observation, RoundPlan plan)
        {
            plan.Slice = slice;
            if (sends)
            {
                plan.AddGroup(observation.Owed);
            }

            if (observation.Round == rounds)
            {
                plan.StopAndCopy();
            }
        }
    }

    private sealed class Sampling(TimeSpan interval) : IMigrationStrategy
    {
        public List<double> Samples { get; } = [];

        public string Name => "sampling";

        public StrategyTraits Traits => new() { SampleInterval = interval };

        public void Learn(Prediction.Histories.PageHistories histories) => Samples.Add(Math.Round(histories.Seconds(0) * 1000));

        public void Plan(RoundObservation observation, RoundPlan plan)
        {
            if (observation.Round > 0)
            {
                plan.StopAndCopy();
            }

            plan.AddGroup(observation.Owed);
        }
    }
}
