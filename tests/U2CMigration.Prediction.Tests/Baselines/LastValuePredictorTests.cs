using U2CMigration.PageTracking.Pages;
using U2CMigration.Prediction.Baselines;
using U2CMigration.Prediction.Histories;
using U2CMigration.Prediction.Predictors;

namespace U2CMigration.Prediction.Tests.Baselines;

public sealed class LastValuePredictorTests
{
    [Fact]
    public void Predict_CandidatesSeenDirtyInTheLastSample_AreThePrediction()
    {
        var histories = new PageHistories();
        histories.Observe(Pages(0x1000, 0x9000), null, TimeSpan.FromSeconds(1));
        histories.Observe(Pages(0x3000, 0x6000), null, TimeSpan.FromSeconds(1));
        var prediction = new PagePrediction();
        prediction.Prepare(histories, Pages(0x4000, 0x8000));
        var predicted = new PageSet();

        new LastValuePredictor().Predict(histories, prediction);
        prediction.CollectDirty(0, predicted);

        predicted.Of(1).Ranges.ToArray().Should().Equal(new PageRange(0x4000, 0x6000));
    }

    [Fact]
    public void Predict_EmptyHistories_PredictsNothing()
    {
        var histories = new PageHistories();
        var prediction = new PagePrediction();
        prediction.Prepare(histories, Pages(0x4000, 0x8000));
        var predicted = new PageSet();

        new LastValuePredictor().Predict(histories, prediction);
        prediction.CollectDirty(2, predicted);

        predicted.PageCount.Should().Be(0);
    }

    private static PageSet Pages(ulong start, ulong end)
    {
        var set = new PageSet();
        set.Add(1, start, end);
        return set;
    }
}
