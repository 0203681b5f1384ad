using U2CMigration.Prediction.Forests;
using U2CMigration.Prediction.Histories;
using U2CMigration.Prediction.Predictors;

namespace U2CMigration.Prediction.Tests.Forests;

public sealed class RandomForestTests
{
    [Fact]
    public void Train_PagesWithPatterns_PredictsTheNextStepOfEach()
    {
        var trainer = new RandomForestTrainer(1);
        PageHistories histories = Patterns(trainer);
        var predictor = new RandomForestPredictor(trainer.Train());
        var prediction = new PagePrediction();
        prediction.PrepareAll(histories);

        predictor.Predict(histories, prediction);

        // Even pages rest after each write, odd ones are written always.
        float[] next = prediction.Probabilities(0, 0).ToArray();
        next[0].Should().BeLessThan(0.1f);
        prediction.Probabilities(0, 1)[0].Should().BeGreaterThan(0.9f);
        next[1].Should().BeGreaterThan(0.9f);
    }

    [Fact]
    public void Train_SameSeed_GivesTheSameForest() => Trained().Should().Equal(Trained());

    [Fact]
    public void Train_NothingCollected_Throws() =>
        FluentActions.Invoking(() => new RandomForestTrainer(1).Train()).Should().Throw<InvalidOperationException>();

    private static float[] Trained()
    {
        PageHistories histories = RandomHistories.Create(2, 3000, 40);
        var trainer = new RandomForestTrainer(7);
        trainer.Collect(histories, 5000);
        var prediction = new PagePrediction();
        prediction.PrepareAll(histories);
        new RandomForestPredictor(trainer.Train(4)).Predict(histories, prediction);
        return prediction.Probabilities(2, 0).ToArray();
    }

    private static PageHistories Patterns(RandomForestTrainer trainer)
    {
        var histories = new PageHistories();
        RandomHistories.Observe(histories, 2048, _ => true);
        for (int i = 0; i <= 40; i++)
        {
            int now = i;
            RandomHistories.Observe(histories, 2048, page => page % 2 == 1 || now % 2 == 0);
            trainer.Collect(histories, 500);
        }

        return histories;
    }
}
