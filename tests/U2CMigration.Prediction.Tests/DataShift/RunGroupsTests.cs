using System.Runtime.Intrinsics;
using U2CMigration.Prediction.DataShift;
using U2CMigration.Prediction.Histories;

namespace U2CMigration.Prediction.Tests.DataShift;

public sealed class RunGroupsTests
{
    [Theory]
    [InlineData(5, 64)]
    [InlineData(6, 7)]
    [InlineData(7, 0)]
    public void Of_AnyHistory_NumbersEachPageByItsRunAndStability(int seed, int samples)
    {
        var options = new DataShiftOptions { StabilitySamples = 4 };
        PageHistories histories = RandomHistories.Create(seed, PageHistories.ChunkPages, samples);
        RunGroups groups = RunGroups.Of(histories, histories.Find(1, RandomHistories.Base), options.ToRule());
        var planes = new Vector512<ulong>[RunGroups.Bits];
        groups.CopyTo(planes);
        long[] counts = new long[RunOutcomes.Groups];
        groups.Count(Vector512<ulong>.AllBitsSet, counts);

        for (int page = 0; page < PageHistories.ChunkPages; page++)
        {
            int number = Enumerable.Range(0, RunGroups.Bits).Sum(bit => (int)((planes[bit][page / 64] >> (page % 64)) & 1) << bit);
            number.Should().Be(GroupOf(RandomHistories.WordOf(histories, page), options));
            counts[number]--;
        }

        counts.Should().OnlyContain(static left => left == 0);
    }

    private static int GroupOf(ulong history, DataShiftOptions options) => RunOutcomes.GroupOf(
        RunLengths.ClassOf(Math.Min(DataShiftReference.TrailingRun(history), 49)), (history & 1) == 1, DataShiftReference.IsStable(history, options));
}
