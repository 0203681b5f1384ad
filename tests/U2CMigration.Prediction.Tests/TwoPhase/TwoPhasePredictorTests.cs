using U2CMigration.PageTracking.Pages;
using U2CMigration.Prediction.Calibration;
using U2CMigration.Prediction.DataShift;
using U2CMigration.Prediction.Evaluation;
using U2CMigration.Prediction.Histories;
using U2CMigration.Prediction.Predictors;
using U2CMigration.Prediction.Tests.Predictors;
using U2CMigration.Prediction.TwoPhase;
using U2CMigration.Testing;

namespace U2CMigration.Prediction.Tests.TwoPhase;

public sealed class TwoPhasePredictorTests
{
    [Fact]
    public void Predict_PagesOfEveryKind_EachGetsWhatItDoes()
    {
        var random = new Random(1);
        var predictor = new TwoPhasePredictor();
        PageHistories histories = Learned(predictor, (page, sample) => (page % 4) switch
        {
            0 => false,
            1 => true,
            2 => sample % 2 == 0,
            _ => random.NextDouble() < 0.4,
        });
        PagePrediction prediction = Predicted(predictor, histories);
        float[] next = prediction.Probabilities(0, 0).ToArray();

        Kind(next, 0).Should().BeLessThan(0.02f);
        Kind(next, 1).Should().BeGreaterThan(0.98f);
        Kind(next, 2).Should().BeLessThan(0.1f);
        Kind(next, 3).Should().BeApproximately(0.4f, 0.06f);
        Kind(prediction.Probabilities(0, 1).ToArray(), 2).Should().BeGreaterThan(0.9f);
        predictor.UnstablePages.Should().BeInRange(512, 1700);
        predictor.Failures.Should().Be(0);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Predict_ModelThatFails_ResultIsSoundAndTheFailureCounted(bool throws)
    {
        var random = new Random(1);
        var predictor = new TwoPhasePredictor(new FailingPredictor(throws));
        PageHistories histories = Learned(predictor, (page, _) => random.NextDouble() < 0.4);

        Predicted(predictor, histories).Probabilities(0, 0).ToArray().Average().Should().BeApproximately(0.4f, 0.05f);
        predictor.Failures.Should().BeGreaterThan(0);
    }

    [Fact]
    public void Predict_SecondPhaseTakesMostOfTheTime_TheFirstAnswersForAllPages()
    {
        var random = new Random(1);
        var first = new DataShiftPredictor();
        var predictor = new TwoPhasePredictor(first, [], new HandClock(step: 10));
        PageHistories histories = Learned(predictor, (page, _) => random.NextDouble() < 0.4);
        var alone = new PagePrediction();
        alone.PrepareAll(histories);
        first.Predict(histories, alone);

        Predicted(predictor, histories).Probabilities(0, 0).ToArray().Should().Equal(alone.Probabilities(0, 0).ToArray());
        predictor.SkippedSamples.Should().BeGreaterThan(30);
    }

    [Fact]
    public void Predict_PagesNobodyKnows_GetAProbability()
    {
        var predictor = new TwoPhasePredictor();
        var histories = new PageHistories();
        var pages = new PageSet();
        pages.Add(9, 0x1000, 0x5000);
        var prediction = new PagePrediction();
        prediction.Prepare(histories, pages);

        predictor.Learn(histories);
        predictor.Predict(histories, prediction);

        prediction.Probabilities(0, 2)[1..5].ToArray().Should().OnlyContain(static p => p >= 0 && p <= 1);
    }

    [Fact]
    public void Predict_RandomPagesOfEveryRate_IsCalibratedAndItsThresholdIsAsGoodAsTheBest()
    {
        var random = new Random(1);
        double[] rates = [.. Enumerable.Range(0, 8192).Select(_ => random.NextDouble() * random.NextDouble())];
        var evaluation = new PredictorEvaluation([new TwoPhasePredictor()]);
        var histories = new PageHistories();
        RandomHistories.Observe(histories, rates.Length, _ => true);
        evaluation.Step(histories);
        for (int sample = 0; sample < 40; sample++)
        {
            RandomHistories.Observe(histories, rates.Length, page => random.NextDouble() < rates[page]);
            evaluation.Step(histories);
        }

        PredictionScore score = evaluation.Finish().Single(static result => result is { Horizon: 1, Pages: PageKind.All }).Score;
        score.Reliability.CalibrationError().Should().BeLessThan(0.03);
        score.OwnConfusion.F1.Should().BeGreaterThan(score.Confusion.F1 - 0.01);
    }

    [Fact]
    public void Predict_ManyBlocks_ThresholdsAreTheBestForAllProbabilities()
    {
        // Enough blocks for two threads; the threshold is found from counts of groups of pages and must be that of the pages themselves.
        var random = new Random(1);
        var predictor = new TwoPhasePredictor();
        var histories = new PageHistories();
        double[] rates = [.. Enumerable.Range(0, 9000).Select(_ => random.Next(3) == 0 ? random.NextDouble() : 0)];
        for (int sample = 0; sample <= 20; sample++)
        {
            RandomHistories.Observe(histories, rates.Length, page => sample == 0 || random.NextDouble() < rates[page]);
            predictor.Learn(histories);
        }

        PagePrediction prediction = Predicted(predictor, histories);
        var score = new ExpectedScore();
        for (int block = 0; block < prediction.Blocks.Count; block++)
        {
            score.Add(prediction.Probabilities(block, 0), prediction.Candidates(block));
        }

        prediction.Blocks.Count.Should().BeGreaterThan(8);
        prediction.Thresholds[0].Should().Be(score.BestThreshold());
    }

    [Fact]
    public void LearnAndPredict_SteadyState_AllocateNothing()
    {
        var random = new Random(1);
        var predictor = new TwoPhasePredictor();
        PageHistories histories = Learned(predictor, (page, _) => random.NextDouble() < 0.4);
        PagePrediction prediction = Predicted(predictor, histories);

        long allocated = Allocation.LeastOf(10, () =>
        {
            predictor.Learn(histories);
            predictor.Predict(histories, prediction);
        });

        allocated.Should().BeLessThan(1024);
    }

    private static float Kind(float[] probabilities, int kind) => probabilities.Where((_, page) => page % 4 == kind).Average();

    private static PageHistories Learned(TwoPhasePredictor predictor, Func<int, int, bool> dirty)
    {
        var histories = new PageHistories();
        RandomHistories.Observe(histories, 2048, _ => true);
        predictor.Learn(histories);
        for (int sample = 0; sample <= 40; sample++)
        {
            int now = sample;
            RandomHistories.Observe(histories, 2048, page => dirty(page, now));
            predictor.Learn(histories);
        }

        // What grows to the size of memory has grown now.
        Predicted(predictor, histories);
        return histories;
    }

    private static PagePrediction Predicted(TwoPhasePredictor predictor, PageHistories histories)
    {
        var prediction = new PagePrediction();
        prediction.PrepareAll(histories);
        predictor.Predict(histories, prediction);
        return prediction;
    }
}
