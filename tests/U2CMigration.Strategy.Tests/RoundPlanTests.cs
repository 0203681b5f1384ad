using U2CMigration.PageTracking.Pages;
using U2CMigration.Strategy.Rounds;
using static U2CMigration.Strategy.Tests.Observations;

namespace U2CMigration.Strategy.Tests;

public sealed class RoundPlanTests
{
    private readonly RoundPlan _plan = new();

    [Fact]
    public void Exclude_PagesOfSeveralGroups_KeepsTheOrderOfTheRest()
    {
        _plan.AddGroup(Pages(100, 10));
        _plan.AddGroup(Pages(0, 10));

        _plan.Exclude(Union(Pages(100, 4), Pages(5, 5)));

        _plan.Groups.Select(static group => group.PageCount).Should().Equal(6, 5);
        _plan.Groups[0].Of(ProcessId).Ranges[0].Start.Should().Be(Pages(104, 1).Of(ProcessId).Ranges[0].Start);
    }

    [Fact]
    public void Clear_AfterAStop_IsAnEmptyRoundAgain()
    {
        _plan.AddGroup(Pages(0, 10));
        _plan.Slice = TimeSpan.FromSeconds(1);
        _plan.StopAndCopy();

        _plan.Clear();

        (_plan.Decision, _plan.PageCount, _plan.Slice).Should().Be((RoundDecision.SendRound, 0L, Timeout.InfiniteTimeSpan));
    }

    private static PageSet Union(PageSet first, PageSet second)
    {
        var union = new PageSet();
        first.UnionTo(second, union);
        return union;
    }
}
