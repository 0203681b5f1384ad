using U2CMigration.Prediction.Contexts;
using U2CMigration.Prediction.Histories;
using U2CMigration.Prediction.Predictors;

namespace U2CMigration.Prediction.Tests.Contexts;

public sealed class ContextMixPredictorTests
{
    [Fact]
    public void Learn_ContainerThatRepeats_FindsTheMomentsOnePeriodApart()
    {
        ContextMixPredictor predictor = Learned((page, sample) => (sample + (page % 5)) % 7 < 2, out _);
        predictor.Moments.First.Should().Be(7);
        predictor.Moments.Second.Should().Be(14);
    }

    [Fact]
    public void Predict_SweepOverMemory_KnowsThePagesAheadOfIt()
    {
        // Every sample the sweep goes on by 64 pages of 2048, and the page tells nothing by itself: it rested for 31 samples.
        ContextMixPredictor predictor = Learned((page, sample) => page / 64 == sample % 32, out PageHistories histories, samples: 70);
        var prediction = new PagePrediction();
        prediction.PrepareAll(histories);
        predictor.Predict(histories, prediction);

        // The last sample was number 70, the sweep at 70 % 32 = 6: next come pages 448 to 511, which lie in block 0.
        float[] next = prediction.Probabilities(0, 0).ToArray();
        next[448..].Average().Should().BeGreaterThan(0.8f);
        next[..448].Average().Should().BeLessThan(0.05f);
    }

    [Fact]
    public void LearnAndPredict_EmptyHistories_DoNotThrow()
    {
        var histories = new PageHistories();
        var predictor = new ContextMixPredictor(Known);
        predictor.Learn(histories);
        var prediction = new PagePrediction();
        prediction.PrepareAll(histories);
        predictor.Predict(histories, prediction);
        prediction.CandidateCount.Should().Be(0);
    }

    private static ContextMixPredictor Learned(Func<int, int, bool> dirty, out PageHistories histories, int samples = 50)
    {
        histories = new PageHistories();
        var predictor = new ContextMixPredictor(Known);
        RandomHistories.Observe(histories, 2048, _ => true);
        for (int sample = 0; sample <= samples; sample++)
        {
            int now = sample;
            RandomHistories.Observe(histories, 2048, page => dirty(page, now));
            predictor.Learn(histories);
        }

        return predictor;
    }

    private static void Known(PageHistories histories, int chunk, int age, Span<ulong> pages) => histories.KnownPages(chunk).CopyTo(pages);
}
