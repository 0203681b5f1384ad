using System.Runtime.Intrinsics;
using U2CMigration.Prediction.DataShift;
using U2CMigration.Prediction.Histories;

namespace U2CMigration.Prediction.Tests.DataShift;

public sealed class RunLengthsTests
{
    [Fact]
    public void Classify_AnyHistory_PutsEachPageIntoTheClassOfItsRun()
    {
        PageHistories histories = RandomHistories.Create(5, 512, 64);
        var classes = new Vector512<ulong>[RunLengths.Classes];
        RunLengths.Classify(histories, histories.Find(1, RandomHistories.Base), 0, classes);
        for (int page = 0; page < 512; page++)
        {
            int run = DataShiftReference.TrailingRun(RandomHistories.WordOf(histories, page));
            Enumerable.Range(0, RunLengths.Classes).Where(i => ((classes[i][page / 64] >> (page % 64)) & 1) == 1)
                .Should().Equal(RunLengths.ClassOf(Math.Min(run, 49)));
        }
    }
}
