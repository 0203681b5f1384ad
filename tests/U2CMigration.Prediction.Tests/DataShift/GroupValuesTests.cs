using System.Runtime.Intrinsics;
using U2CMigration.Prediction.Blocks;
using U2CMigration.Prediction.DataShift;
using U2CMigration.Prediction.Histories;
using U2CMigration.Prediction.Predictors;

namespace U2CMigration.Prediction.Tests.DataShift;

public sealed class GroupValuesTests
{
    [Fact]
    public void SpreadAndPick_PagesOfManyGroups_EachGetsTheProbabilitiesOfItsGroup()
    {
        PageHistories histories = RandomHistories.Create(3, PageHistories.ChunkPages, 40);
        int chunk = histories.Find(1, RandomHistories.Base);
        DataShiftRule rule = DataShiftOptions.Published.ToRule();
        var outcomes = new RunOutcomes();
        outcomes.Learn(histories, chunk, rule);
        RunGroups groups = RunGroups.Of(histories, chunk, rule);
        var planes = new Vector512<ulong>[RunGroups.Bits];
        groups.CopyTo(planes);
        var values = new GroupValues();
        values.Fill(outcomes);
        var prediction = new PagePrediction();
        prediction.PrepareAll(histories);
        values.Spread(groups, prediction, 0);
        int[] pages = [.. Enumerable.Range(0, PageHistories.ChunkPages).Where(static page => page % 3 == 1)];
        var picked = new ModelAnswers();
        picked.Begin(pages.Length + 2);
        values.Pick(groups, pages, picked, 2);

        for (int page = 0; page < PageHistories.ChunkPages; page++)
        {
            int number = Enumerable.Range(0, RunGroups.Bits).Sum(bit => (int)((planes[bit][page / 64] >> (page % 64)) & 1) << bit);
            for (int horizon = 0; horizon < PagePrediction.Horizons; horizon++)
            {
                prediction.Probabilities(0, horizon)[page].Should().Be(outcomes.Probability(number, horizon)).And.Be(values.Of(number, horizon));
                (page % 3 != 1 || picked.Of(horizon)[2 + (page / 3)] == values.Of(number, horizon)).Should().BeTrue();
            }
        }
    }
}
