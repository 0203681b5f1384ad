using U2CMigration.Prediction.Histories;
using U2CMigration.Prediction.Predictors;

namespace U2CMigration.Prediction.Tests.Predictors;

public sealed class GuardedPredictorTests
{
    [Theory]
    [InlineData(true, 2)]
    [InlineData(false, 1)]
    public void Predict_PredictorThatFails_LastValueStandsInAndItIsCounted(bool throws, long failures)
    {
        var histories = new PageHistories();
        RandomHistories.Observe(histories, 100, _ => true);
        RandomHistories.Observe(histories, 100, static page => page % 3 == 0);
        var guarded = new GuardedPredictor(new FailingPredictor(throws));
        var prediction = new PagePrediction();
        prediction.PrepareAll(histories);

        guarded.Learn(histories);
        guarded.Predict(histories, prediction);

        guarded.Failures.Should().Be(failures);
        prediction.Probabilities(0, 2)[..6].ToArray().Should().Equal(1, 0, 0, 1, 0, 0);
        (guarded.LastFailure is not null).Should().Be(throws);
    }

    [Theory]
    [InlineData(float.NaN, false)]
    [InlineData(-0.01f, false)]
    [InlineData(1.01f, false)]
    [InlineData(float.PositiveInfinity, false)]
    [InlineData(0f, true)]
    [InlineData(1f, true)]
    public void Holds_OneValueOfACandidate_IsJudged(float value, bool expected)
    {
        float[] values = new float[PageHistories.ChunkPages];
        ulong[] candidates = new ulong[PageHistories.ChunkWords];
        values[77] = value;
        ProbabilityRange.Holds(values, candidates).Should().BeTrue();
        candidates[1] = 1UL << 13;
        ProbabilityRange.Holds(values, candidates).Should().Be(expected);
    }
}
