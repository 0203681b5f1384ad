using FluentAssertions;
using LiveMigration.StockCriu;
using Xunit;

namespace LiveMigration.Tests.StockCriu;

public sealed class PreDumpRuleTests
{
    [Fact]
    public void Phaul_AsWritten_StopsAfterTheFirstLargeRound() => Rounds(PreDumpRule.Phaul(asWritten: true), [10_000]).Should().Be(1);

    [Fact]
    public void Phaul_AsIntended_GoesOnUntilARoundGrows() => Rounds(PreDumpRule.Phaul(asWritten: false), [10_000, 3_000, 3_031, 3_063, 10]).Should().Be(4);

    [Fact]
    public void Phaul_AsIntended_StopsWithFewPages() => Rounds(PreDumpRule.Phaul(asWritten: false), [10_000, 64, 63, 62]).Should().Be(3);

    [Fact]
    public void Phaul_ThatNeverGrows_HasEightRounds() => Rounds(PreDumpRule.Phaul(asWritten: false), [900, 800, 700, 600, 500, 400, 300, 200, 100]).Should().Be(8);

    [Fact]
    public void Incus_MostPagesUnchanged_Stops() => Rounds(PreDumpRule.Incus(), [1_000, 300, 290], resident: 1_000).Should().Be(3);

    [Fact]
    public void Incus_ThatNeverConverges_CountsEachRoundTwice() => Rounds(PreDumpRule.Incus(), [1_000, 900, 900, 900, 900, 900, 900], resident: 1_000).Should().Be(6);

    private static int Rounds(PreDumpRule rule, ulong[] written, ulong resident = 0)
    {
        for (int i = 0; i < written.Length; i++)
        {
            if (rule.WasLast(i + 1, new DumpStatistics(0, 0, written[i], i > 0 && resident > 0 ? resident - written[i] : 0)))
            {
                return i + 1;
            }
        }

        return int.MaxValue;
    }
}
