using U2CMigration.PageTracking.Pages;
using U2CMigration.Prediction.Predictors;

namespace U2CMigration.Prediction.Tests;

public sealed class LastValuePredictorTests
{
    [Fact]
    public void Predict_CandidatesSeenDirtyInTheLastSample_AreThePrediction()
    {
        var predictor = new LastValuePredictor();
        predictor.Observe(Pages(0x1000, 0x5000));
        predictor.Observe(Pages(0x3000, 0x4000));
        var predicted = new PageSet();

        predictor.Predict(Pages(0x1000, 0x8000), predicted);

        predicted.Of(1).Ranges.ToArray().Should().Equal(new PageRange(0x3000, 0x4000));
    }

    [Fact]
    public void Predict_ObservedSetReusedByTheCaller_IsNotAffected()
    {
        var predictor = new LastValuePredictor();
        PageSet sample = Pages(0x3000, 0x4000);
        predictor.Observe(sample);
        sample.Clear();
        var predicted = new PageSet();

        predictor.Predict(Pages(0x1000, 0x8000), predicted);

        predicted.PageCount.Should().Be(1);
    }

    private static PageSet Pages(ulong start, ulong end)
    {
        var set = new PageSet();
        set.Add(1, start, end);
        return set;
    }
}
