using U2CMigration.PageTracking.Pages;
using U2CMigration.Prediction.Baselines;
using U2CMigration.Prediction.Histories;
using U2CMigration.Strategy.Rounds;
using U2CMigration.Strategy.Strategies;
using static U2CMigration.Strategy.Tests.Observations;

namespace U2CMigration.Strategy.Tests;

public sealed class PredictivePreCopyTests
{
    private const int All = 10_000;
    private const int Hot = 100;

    /// <summary>More than a slice has room for.</summary>
    private const int Cold = 8_000;

    private readonly PredictivePreCopyStrategy _strategy = new(new FrequencyPredictor());
    private readonly PageHistories _histories = new();

    [Fact]
    public void Plan_BeforeAnythingWasLearned_SendsEverythingInASlice()
    {
        RoundPlan plan = PlanOf(_strategy, At(0, All, null));

        plan.PageCount.Should().Be(All);
        plan.Slice.Should().BeLessThan(TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void Plan_HotPagesDeliveredBefore_AreSentLast()
    {
        Watch(20);

        RoundPlan plan = PlanOf(_strategy, State(Pages(0, Hot + Cold), Pages(0, Hot)));

        plan.PageCount.Should().Be(Hot + Cold);
        plan.Groups.Last(static group => group.PageCount > 0).PageCount.Should().Be(Hot);
    }

    [Fact]
    public void Plan_HotPagesNeverSent_AreSentLast()
    {
        Watch(20);

        RoundPlan plan = PlanOf(_strategy, State(Pages(0, Hot + Cold), new PageSet()));

        plan.PageCount.Should().Be(Hot + Cold);
        plan.Groups.Last(static group => group.PageCount > 0).PageCount.Should().Be(Hot);
    }

    [Fact]
    public void Plan_ColdPagesDeliveredBefore_GoBehindHotOnesNeverSent()
    {
        Watch(20);

        RoundPlan plan = PlanOf(_strategy, State(Pages(0, Hot + Cold), Pages(Hot, 7_000)) with { Dirty = new PageSet() });

        plan.Groups.Where(static group => group.PageCount > 0).Select(static group => group.PageCount).Should().Equal(Cold - 7_000, Hot, 7_000);
    }

    [Fact]
    public void Plan_ColdPagesDeliveredBefore_TheOnesJustWrittenGoFirst()
    {
        Watch(20);

        RoundPlan plan = PlanOf(_strategy, State(Pages(Hot, Cold), Pages(0, All)) with { Dirty = Pages(Hot + 5_000, 1_000) });

        plan.Groups.Where(static group => group.PageCount > 0).Select(static group => group.PageCount).Should().Equal(1_000, Cold - 1_000);
    }

    [Fact]
    public void Plan_OrdersNothing_SendsEverythingByAddress()
    {
        var strategy = new PredictivePreCopyStrategy(null, isOrdered: false);
        Watch(20, strategy);

        RoundPlan plan = PlanOf(strategy, State(Pages(0, Hot + Cold), Pages(0, Hot / 2)));

        plan.Groups.Should().ContainSingle().Which.PageCount.Should().Be(Hot + Cold);
    }

    [Fact]
    public void Plan_PredictsNothing_NewPagesGoFirst()
    {
        var strategy = new PredictivePreCopyStrategy(null);
        Watch(20, strategy);

        RoundPlan plan = PlanOf(strategy, State(Pages(0, Hot + Cold), Pages(0, Hot)));

        plan.Groups.Where(static group => group.PageCount > 0).Select(static group => group.PageCount).Should().Equal(Cold, Hot);
    }

    [Fact]
    public void Plan_EverythingGetsItsTurn_OrdersNothing()
    {
        Watch(20);

        RoundPlan plan = PlanOf(_strategy, State(Pages(0, Hot + 500), Pages(0, Hot)));

        plan.Groups.Should().ContainSingle().Which.PageCount.Should().Be(Hot + 500);
    }

    [Fact]
    public void Plan_LittleOwed_Stops()
    {
        Watch(20);

        PlanOf(_strategy, State(Pages(0, Hot), Pages(0, All))).Decision.Should().Be(RoundDecision.StopAndCopy);
    }

    [Fact]
    public void Plan_RoundsThatGainNothing_StopsAfterSomePatience()
    {
        Watch(20);

        Decisions(5_000, 5_000, 5_000, 5_000, 5_000)[^2..].Should().Equal(RoundDecision.SendRound, RoundDecision.StopAndCopy); // 164 ms, twice
    }

    [Fact]
    public void Plan_RoundsThatGain_GoesOn()
    {
        Watch(20);

        Decisions(20_000, 17_000, 14_000, 11_000, 8_000).Should().OnlyContain(static decision => decision == RoundDecision.SendRound);
    }

    /// <summary>In the first pass and behind it, when what the workload has added meanwhile is sent.</summary>
    [Theory]
    [InlineData(All)]
    [InlineData(500)]
    public void Plan_LinkBecomesSlowerWhileNewPagesBecomeFewer_GoesOn(int residentPages)
    {
        Watch(20);
        RoundDecision[] decisions =
        [
            .. Enumerable.Range(1, 8).Select(round => PlanOf(_strategy, State(Pages(0, All), Pages(0, 500 * round)) with
            {
                BandwidthBytesPerSecond = OneGigabit / round,
                ResidentPages = residentPages,
                Previous = new RoundOutcome(All, 10, 500, TimeSpan.FromMilliseconds(100)),
                Elapsed = TimeSpan.FromMilliseconds(100 * round),
            }).Decision),
        ];

        decisions.Should().OnlyContain(static decision => decision == RoundDecision.SendRound);
    }

    [Fact]
    public void Plan_GrowsFasterThanTheLinkInTheFirstPass_GoesOnUntilAsMuchWasSent()
    {
        Watch(20);
        RoundDecision[] decisions =
        [
            .. Enumerable.Range(1, 200).Select(round => PlanOf(_strategy, State(Pages(0, All + (1_000 * round)), Pages(0, 500 * round)) with
            {
                ResidentPages = 8 * 500,
                Previous = new RoundOutcome(All, 10, 500, TimeSpan.FromMilliseconds(100)),
                Elapsed = TimeSpan.FromMilliseconds(100 * round),
            }).Decision),
        ];

        decisions.Take(7).Should().OnlyContain(static decision => decision == RoundDecision.SendRound);
        decisions[^1].Should().Be(RoundDecision.StopAndCopy);
    }

    private RoundDecision[] Decisions(params int[] owed) =>
        [.. owed.Select((pages, i) => PlanOf(_strategy, State(Pages(Hot, pages), Pages(0, All)) with { Elapsed = TimeSpan.FromMilliseconds(100 * (i + 1)) }).Decision)];

    /// <summary>All pages exist, and the first ones are written in every sample.</summary>
    private void Watch(int samples, PredictivePreCopyStrategy? strategy = null)
    {
        for (int i = 0; i < samples; i++)
        {
            _histories.Observe(Pages(0, i == 0 ? All : Hot), null, TimeSpan.FromMilliseconds(100));
            (strategy ?? _strategy).Learn(_histories);
        }
    }

    private RoundObservation State(PageSet owed, PageSet delivered) =>
        At(5, 0, All) with { Owed = owed, Dirty = Pages(0, 3_000), Delivered = delivered, ArrivedPages = 10, Interval = TimeSpan.FromMilliseconds(100), Histories = _histories };
}
