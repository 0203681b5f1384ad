using U2CMigration.Prediction.Baselines;
using U2CMigration.Prediction.Histories;
using U2CMigration.Prediction.Predictors;

namespace U2CMigration.Prediction.Tests.Baselines;

public sealed class BaselineTests
{
    public static TheoryData<IPagePredictor> Averaging =>
        [new FrequencyPredictor(), new ExponentialPredictor(), new MarkovPredictor(), new ArimaPredictor()];

    [Theory]
    [MemberData(nameof(Averaging))]
    public void Predict_PagesWrittenAtRandom_AveragesToTheirRate(IPagePredictor predictor)
    {
        var random = new Random(1);
        PageHistories histories = Learned(predictor, (page, _) => random.NextDouble() < (page < 1024 ? 0.2 : 0.8));
        PagePrediction prediction = Predicted(predictor, histories);

        for (int horizon = 0; horizon < PagePrediction.Horizons; horizon++)
        {
            Average(prediction, 0, horizon).Should().BeApproximately(0.2f, 0.05f);
            Average(prediction, 3, horizon).Should().BeApproximately(0.8f, 0.05f);
        }
    }

    [Theory]
    [MemberData(nameof(Averaging))]
    public void Predict_EmptyHistories_GivesProbabilities(IPagePredictor predictor)
    {
        var histories = new PageHistories();
        RandomHistories.Observe(histories, 600, _ => true);
        predictor.Learn(histories);

        Predicted(predictor, histories).Probabilities(0, 2).ToArray().Should().OnlyContain(static p => p >= 0 && p <= 1);
    }

    [Fact]
    public void Markov_PagesThatAlternate_KnowsBothSteps()
    {
        var predictor = new MarkovPredictor();
        PageHistories histories = Learned(predictor, (page, sample) => (page + sample) % 2 == 0);
        PagePrediction prediction = Predicted(predictor, histories);

        // The last sample is number 40: even pages were written in it, odd pages come next.
        prediction.Probabilities(0, 0)[0].Should().BeLessThan(0.1f);
        prediction.Probabilities(0, 1)[0].Should().BeGreaterThan(0.8f);
        prediction.Probabilities(0, 0)[1].Should().BeGreaterThan(0.9f);
    }

    [Fact]
    public void Arima_PagesThatAlternate_KnowsBothSteps()
    {
        var predictor = new ArimaPredictor();
        PageHistories histories = Learned(predictor, (page, sample) => (page + sample) % 2 == 0);
        PagePrediction prediction = Predicted(predictor, histories);

        prediction.Probabilities(0, 0)[0].Should().BeLessThan(0.2f);
        prediction.Probabilities(0, 1)[0].Should().BeGreaterThan(0.7f);
    }

    [Fact]
    public void Exponential_PagesThatChangeSlowly_TrustsTheNewestSamples()
    {
        var predictor = new ExponentialPredictor();
        PageHistories histories = Learned(predictor, (page, sample) => (page + sample) / 10 % 2 == 0);
        PagePrediction prediction = Predicted(predictor, histories);

        // The last sample is number 40: page 5 has been written since number 35, page 15 has rested as long.
        prediction.Probabilities(0, 0)[5].Should().BeGreaterThan(0.9f);
        prediction.Probabilities(0, 0)[15].Should().BeLessThan(0.1f);
    }

    private static PageHistories Learned(IPagePredictor predictor, Func<int, int, bool> dirty)
    {
        var histories = new PageHistories();
        RandomHistories.Observe(histories, 2048, _ => true);
        for (int sample = 0; sample <= 40; sample++)
        {
            int now = sample;
            RandomHistories.Observe(histories, 2048, page => dirty(page, now));
            predictor.Learn(histories);
        }

        return histories;
    }

    private static PagePrediction Predicted(IPagePredictor predictor, PageHistories histories)
    {
        var prediction = new PagePrediction();
        prediction.PrepareAll(histories);
        predictor.Predict(histories, prediction);
        return prediction;
    }

    private static float Average(PagePrediction prediction, int block, int horizon) => prediction.Probabilities(block, horizon).ToArray().Average();
}
