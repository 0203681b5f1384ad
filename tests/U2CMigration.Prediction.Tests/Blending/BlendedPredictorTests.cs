using U2CMigration.Prediction.Baselines;
using U2CMigration.Prediction.Blending;
using U2CMigration.Prediction.Calibration;
using U2CMigration.Prediction.Histories;
using U2CMigration.Prediction.Predictors;
using U2CMigration.Prediction.Tests.Predictors;

namespace U2CMigration.Prediction.Tests.Blending;

public sealed class BlendedPredictorTests
{
    [Fact]
    public void Predict_OnePredictorIsRightTheOthersGuess_FollowsIt()
    {
        // Pages alternate: the Markov chain knows, the frequency does not, the last value is always wrong.
        BlendedPredictor blend = Learned([new FrequencyPredictor(), new MarkovPredictor(), new LastValuePredictor()], (page, sample) => (page + sample) % 2 == 0, out PageHistories histories);
        PagePrediction prediction = Predicted(blend, histories);

        prediction.Probabilities(0, 0)[0].Should().BeLessThan(0.05f);
        prediction.Probabilities(0, 0)[1].Should().BeGreaterThan(0.95f);
        prediction.Probabilities(0, 1)[0].Should().BeGreaterThan(0.95f);
    }

    [Fact]
    public void Predict_ProbabilitiesThatAreOff_AreCalibrated()
    {
        // The last value is right in two thirds of the cases only.
        var random = new Random(1);
        bool[] last = new bool[2048];
        BlendedPredictor blend = Learned(
            [new LastValuePredictor()],
            (page, _) => last[page] = random.Next(3) == 0 ? !last[page] : last[page],
            out PageHistories histories);
        PagePrediction prediction = Predicted(blend, histories);

        for (int page = 0; page < 512; page++)
        {
            prediction.Probabilities(1, 0)[page].Should().BeApproximately(last[512 + page] ? 0.667f : 0.333f, 0.04f);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Predict_OnePredictorFails_TheOthersGoOn(bool throws)
    {
        BlendedPredictor blend = Learned(
            [new FailingPredictor(throws), new MarkovPredictor()], (page, sample) => (page + sample) % 2 == 0, out PageHistories histories);
        PagePrediction prediction = Predicted(blend, histories);

        blend.Failures.Should().BeGreaterThan(0);
        prediction.Probabilities(0, 0)[1].Should().BeGreaterThan(0.95f);
    }

    [Fact]
    public void Predict_HotAndColdPages_ThresholdTellsThemApart()
    {
        var random = new Random(1);
        BlendedPredictor blend = Learned([new FrequencyPredictor()], (page, _) => random.NextDouble() < (page % 4 == 0 ? 0.7 : 0.05), out PageHistories histories);
        PagePrediction prediction = Predicted(blend, histories);

        prediction.Thresholds[0].Should().BeInRange(0.15f, 0.65f);
    }

    [Fact]
    public void Predict_OtherPagesThanBefore_ThresholdIsThatOfThesePagesAlone()
    {
        var random = new Random(1);
        BlendedPredictor blend = Learned([new FrequencyPredictor()], (page, _) => random.NextDouble() < (page % 4 == 0 ? 0.7 : 0.05), out PageHistories histories);
        Predicted(blend, histories);

        var few = new PagePrediction();
        few.Add(Predicted(blend, histories).Blocks[0], [0b1110, 0, 0, 0, 0, 0, 0, 0]);
        blend.Predict(histories, few);

        var score = new ExpectedScore();
        score.Add(few.Probabilities(0, 0), few.Candidates(0));
        few.Thresholds[0].Should().Be(score.BestThreshold());
    }

    [Fact]
    public void Predict_OnePredictorIsChosenForAllHorizons_TheOthersAreNotAsked()
    {
        var other = new CountingPredictor();
        BlendedPredictor blend = Learned([new MarkovPredictor(), other], (page, sample) => (page + sample) % 2 == 0, out PageHistories histories);
        int asked = other.Predictions;

        Predicted(blend, histories);

        Enumerable.Range(0, PagePrediction.Horizons).Select(blend.ChosenFor).Should().OnlyContain(static name => name == "markov");
        other.Predictions.Should().Be(asked);
    }

    [Fact]
    public void Predict_PagesOfASampleDoTheSame_LosesNoMoreThanTheBaselineThatKnows()
    {
        // Two regions are written at random times, all of their pages at once: one for one sample, the other for five. Only a predictor that remembers each page
        // knows which is which, and none knows when. A mixture that is judged by pages of a sample after it learned from others of them would seem to know.
        var random = new Random(1);
        int[] left = [0, 0];
        var histories = new PageHistories();
        IPagePredictor[] predictors =
        [
            new BlendedPredictor([new FrequencyPredictor(), new ExponentialPredictor(), new MarkovPredictor(), new LastValuePredictor()], AllKnown),
            new MarkovPredictor(),
        ];
        double[] losses = [0, 0];
        float[][] said = [[1, 1], [1, 1]];
        for (int sample = 0; sample < 200; sample++)
        {
            left[0] = left[0] > 0 ? left[0] - 1 : random.Next(6) == 0 ? 1 : 0;
            left[1] = left[1] > 0 ? left[1] - 1 : random.Next(12) == 0 ? 5 : 0;
            RandomHistories.Observe(histories, 4096, page => sample == 0 || left[page / 2048] > 0);
            for (int i = 0; i < predictors.Length; i++)
            {
                losses[i] += sample < 40 ? 0 : Enumerable.Range(0, 2).Sum(region => -Math.Log(Math.Clamp(left[region] > 0 ? said[i][region] : 1 - said[i][region], 1e-4, 1)));
                predictors[i].Learn(histories);
                PagePrediction prediction = Predicted(predictors[i], histories);
                said[i] = [prediction.Probabilities(0, 0)[0], prediction.Probabilities(4, 0)[0]];
            }
        }

        losses[0].Should().BeLessThan(losses[1] * 1.05);
    }

    [Fact]
    public void Predict_IntoAnotherPrediction_CandidatesGoToTheirBlocksAndOthersStay()
    {
        BlendedPredictor blend = Learned([new FrequencyPredictor(), new MarkovPredictor()], (page, sample) => (page + sample) % 2 == 0, out PageHistories histories);
        PagePrediction all = Predicted(blend, histories);
        PagePrediction result = new();
        result.PrepareAll(histories);
        PagePrediction some = new();
        some.Add(all.Blocks[1], all.Candidates(1));
        some.Add(all.Blocks[3], all.Candidates(3));

        blend.Predict(histories, some, result, [1, 3]);

        result.Probabilities(1, 0).SequenceEqual(all.Probabilities(1, 0)).Should().BeTrue();
        result.Probabilities(3, 2).SequenceEqual(all.Probabilities(3, 2)).Should().BeTrue();
        result.Probabilities(0, 0).ToArray().Should().OnlyContain(static value => value == 0);
        result.Probabilities(2, 0).ToArray().Should().OnlyContain(static value => value == 0);
    }

    private static BlendedPredictor Learned(IReadOnlyList<IPagePredictor> predictors, Func<int, int, bool> dirty, out PageHistories histories)
    {
        histories = new PageHistories();
        var blend = new BlendedPredictor(predictors, AllKnown);
        RandomHistories.Observe(histories, 2048, _ => true);
        blend.Learn(histories);
        for (int sample = 0; sample <= 40; sample++)
        {
            int now = sample;
            RandomHistories.Observe(histories, 2048, page => dirty(page, now));
            blend.Learn(histories);
        }

        return blend;
    }

    private static void AllKnown(PageHistories histories, int chunk, int age, Span<ulong> pages) => histories.KnownPages(chunk).CopyTo(pages);

    private static PagePrediction Predicted(IPagePredictor predictor, PageHistories histories)
    {
        var prediction = new PagePrediction();
        prediction.PrepareAll(histories);
        predictor.Predict(histories, prediction);
        return prediction;
    }
}
