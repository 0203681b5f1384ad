using U2CMigration.PageTracking.Pages;
using U2CMigration.Prediction.Histories;
using U2CMigration.Strategy.Rounds;
using U2CMigration.Strategy.Strategies;

namespace U2CMigration.Strategy.Tests;

/// <summary>States of a migration of one process over 1 Gbit/s.</summary>
internal static class Observations
{
    public const int ProcessId = 1;
    public const double OneGigabit = 125_000_000;
    public const ulong Start = 0x10000000;

    public static RoundObservation At(int round, long owedPages, long? previouslyOwed) => new()
    {
        Round = round,
        Owed = Pages(0, owedPages),
        Dirty = Pages(0, owedPages),
        Delivered = new PageSet(),
        ArrivedPages = owedPages,
        Interval = TimeSpan.FromSeconds(1),
        ResidentPages = 131_072,
        BandwidthBytesPerSecond = OneGigabit,
        Costs = WireCosts.Raw,
        Elapsed = TimeSpan.FromSeconds(5),
        Previous = previouslyOwed is { } p ? new RoundOutcome(p, p, p, TimeSpan.FromSeconds(1)) : null,
        FixedDowntime = TimeSpan.FromMilliseconds(100),
        Histories = new PageHistories(),
    };

    public static PageSet Pages(long first, long count)
    {
        var pages = new PageSet();
        if (count > 0)
        {
            pages.Add(ProcessId, Start + ((ulong)first << PageSize.Shift), Start + ((ulong)(first + count) << PageSize.Shift));
        }

        return pages;
    }

    public static RoundPlan PlanOf(IMigrationStrategy strategy, RoundObservation observation)
    {
        var plan = new RoundPlan();
        strategy.Plan(observation, plan);
        return plan;
    }

    public static RoundDecision Decision(IMigrationStrategy strategy, int round, long owed, long? previouslyOwed) =>
        PlanOf(strategy, At(round, owed, previouslyOwed)).Decision;
}
