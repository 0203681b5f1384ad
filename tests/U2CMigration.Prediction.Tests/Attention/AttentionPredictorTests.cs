using U2CMigration.PageTracking.Pages;
using U2CMigration.PageTracking.SystemLevel;
using U2CMigration.Prediction.Attention;
using U2CMigration.Prediction.Histories;
using U2CMigration.Prediction.Predictors;
using U2CMigration.Testing;

namespace U2CMigration.Prediction.Tests.Attention;

public sealed class AttentionPredictorTests
{
    [Fact]
    public void Predict_PagesOfKnownRates_OrdersThemByRate()
    {
        AttentionPredictor predictor = new();
        PageHistories histories = RandomContainer.Observe(samples: 60, pages: 4096, seed: 2, predictor.Learn);
        PagePrediction prediction = new();
        prediction.PrepareAll(histories);

        predictor.Predict(histories, prediction);

        float[] means = [.. Enumerable.Range(0, 8).Select(rate => Mean(prediction, page => page / 32 % 8 == rate))];
        means.Should().BeInAscendingOrder();
        (means[7] - means[1]).Should().BeGreaterThan(0.4f);
    }

    [Fact]
    public void Predict_PagesNeverSeen_AreTheirLastValueAndCounted()
    {
        AttentionPredictor predictor = new();
        PageHistories histories = new();
        PageSet candidates = new();
        candidates.Add(7, 0x1000, 0x5000);
        PagePrediction prediction = new();
        prediction.Prepare(histories, candidates);

        predictor.Predict(histories, prediction);

        predictor.FallbackCount.Should().Be(4);
        prediction.Probabilities(0, 0)[1..5].ToArray().Should().OnlyContain(static probability => probability == 0);
    }

    [Fact]
    public void Predict_SystemFiguresBeyondReason_GivesProbabilities()
    {
        AttentionPredictor predictor = new();
        SystemSample wild = new() { PageFaults = long.MaxValue, FreeMemoryBytes = long.MinValue, RunnableTasks = long.MaxValue };
        PageHistories histories = RandomContainer.Observe(samples: 10, pages: 512, seed: 3, predictor.Learn, wild);
        PagePrediction prediction = new();
        prediction.PrepareAll(histories);

        predictor.Predict(histories, prediction);

        prediction.Probabilities(0, 0).ToArray().Should().OnlyContain(static probability => probability >= 0 && probability <= 1);
    }

    [Fact]
    public void Predict_EqualPages_AreEvaluatedOnce()
    {
        AttentionPredictor predictor = new();
        PageHistories histories = new();
        for (int sample = 0; sample < 12; sample++)
        {
            PageSet dirty = new();
            if (sample % 3 == 0)
            {
                dirty.Add(1, RandomContainer.Base, RandomContainer.Base + (64UL * PageHistories.ChunkBytes));
            }

            histories.Observe(dirty, null, TimeSpan.FromMilliseconds(250));
            predictor.Learn(histories);
        }

        PagePrediction prediction = new();
        prediction.PrepareAll(histories);
        predictor.Predict(histories, prediction);

        prediction.CandidateCount.Should().Be(64 * PageHistories.ChunkPages);
        // Twice: each of two threads for itself.
        predictor.EvaluatedCount.Should().BeLessThanOrEqualTo(2);
    }

    [Fact]
    public void LearnAndPredict_OnceWarm_AllocatesNothingForPages()
    {
        AttentionPredictor predictor = new();
        PageHistories histories = RandomContainer.Observe(samples: 40, pages: 32_768, seed: 4, predictor.Learn);
        PagePrediction prediction = new();
        prediction.PrepareAll(histories);
        predictor.Predict(histories, prediction);
        predictor.Predict(histories, prediction);

        long allocated = Allocation.LeastOf(10, () =>
        {
            predictor.Learn(histories);
            predictor.Predict(histories, prediction);
        });

        // Waking the second thread costs something, once a prediction.
        allocated.Should().BeLessThan(4096);
    }

    private static float Mean(PagePrediction prediction, Func<int, bool> chosen)
    {
        List<float> values = [];
        for (int block = 0; block < prediction.Blocks.Count; block++)
        {
            for (int page = 0; page < PageHistories.ChunkPages; page++)
            {
                if (chosen((block * PageHistories.ChunkPages) + page))
                {
                    values.Add(prediction.Probabilities(block, 0)[page]);
                }
            }
        }

        return values.Average();
    }
}
