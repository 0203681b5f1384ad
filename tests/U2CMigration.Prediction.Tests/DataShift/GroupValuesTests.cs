using System.Runtime.Intrinsics;
using U2CMigration.Prediction.DataShift;
using U2CMigration.Prediction.Histories;
using U2CMigration.Prediction.Predictors;

namespace U2CMigration.Prediction.Tests.DataShift;

public sealed class GroupValuesTests
{
    [Fact]
    public void Spread_PagesOfManyGroups_EachGetsTheProbabilitiesOfItsGroup()
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

        for (int page = 0; page < PageHistories.ChunkPages; page++)
        {
            int number = Enumerable.Range(0, RunGroups.Bits).Sum(bit => (int)((planes[bit][page / 64] >> (page % 64)) & 1) << bit);
            for (int horizon = 0; horizon < PagePrediction.Horizons; horizon++)
            {
                prediction.Probabilities(0, horizon)[page].Should().Be(outcomes.Probability(number, horizon)).And.Be(values.Of(number, horizon));
            }
        }
    }
}
