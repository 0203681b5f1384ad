using U2CMigration.Prediction.Contexts;
using U2CMigration.Prediction.Predictors;

namespace U2CMigration.Prediction.Tests.Contexts;

public sealed class ContextTableTests
{
    [Fact]
    public void LogOdds_OutcomesOfSomeHorizons_VectorEqualsEachOfThem()
    {
        var table = new ContextTable(4);
        table.LogOdds(2)[3].Should().Be(0);
        for (int i = 0; i < 10; i++)
        {
            table.Learn(2, 0, true);
            table.Learn(2, 1, i % 2 == 0);
            table.Learn(1, 2, false);
            table.Next();
        }

        for (int horizon = 0; horizon < PagePrediction.Horizons; horizon++)
        {
            table.LogOdds(2)[horizon].Should().Be(table.LogOdds(2, horizon));
        }

        table.LogOdds(2, 0).Should().BeGreaterThan(1);
        table.LogOdds(2, 1).Should().BeApproximately(0, 0.6f);
        table.LogOdds(2, 2).Should().Be(0);
        table.LogOdds(1)[2].Should().BeLessThan(-1);
    }
}
