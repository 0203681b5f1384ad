namespace LiveMigration.StockCriu;

/// <summary>When an engine that drives CRIU's pre-dumps makes the final dump. One instance decides one migration.</summary>
public sealed class PreDumpRule
{
    // go-criu, phaul/client.go
    private const ulong PhaulLeastPages = 64;
    private const int PhaulMostRounds = 8;
    private const long PhaulMostGrowth = 32;

    // Incus, internal/server/instance/drivers/driver_lxc.go and its defaults
    private const ulong IncusGoalPercent = 70;
    private const int IncusConfiguredRounds = 10;

    private readonly Func<int, DumpStatistics, bool> _wasLast;

    private PreDumpRule(Func<int, DumpStatistics, bool> wasLast) => _wasLast = wasLast;

    /// <summary>
    /// phaul's rule: a round of few pages, a round that has grown, or the eighth. As it is written the first round is compared with one of no
    /// pages, so that nearly every program has one pre-dump; as it is evidently meant the first can not have grown.
    /// </summary>
    public static PreDumpRule Phaul(bool asWritten)
    {
        long? before = asWritten ? 0 : null;
        return new PreDumpRule((rounds, round) =>
        {
            long? growth = (long)round.PagesWritten - before;
            before = (long)round.PagesWritten;
            return rounds >= PhaulMostRounds || round.PagesWritten < PhaulLeastPages || growth >= PhaulMostGrowth;
        });
    }

    /// <summary>Incus's rule as it is written: enough pages were the same as in the round before, or a counter that each round advances by two is at its end.</summary>
    public static PreDumpRule Incus() => new((rounds, round) =>
    {
        int counter = 1 + ((rounds - 1) * 2);
        ulong total = round.PagesWritten + round.PagesSkippedForParent;
        ulong unchanged = total > 0 ? 100 - (100 * round.PagesWritten / total) : 100;
        return counter >= IncusConfiguredRounds || unchanged > IncusGoalPercent;
    });

    /// <summary>Whether that pre-dump was the last.</summary>
    /// <param name="rounds">How many there were, with this one.</param>
    /// <param name="round">What CRIU said about this one.</param>
    public bool WasLast(int rounds, DumpStatistics round) => _wasLast(rounds, round);
}
