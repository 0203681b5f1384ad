using U2CMigration.Prediction.Forests;
using U2CMigration.Prediction.Histories;
using U2CMigration.Prediction.Networks;
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

    [Fact]
    public void ToWeights_WrittenAndRead_IsTheSameForest()
    {
        var trainer = new RandomForestTrainer(1);
        PageHistories histories = Patterns(trainer);
        RandomForest forest = trainer.Train(4);
        using var file = new MemoryStream();
        WeightFile.Write(file, forest.ToWeights("test"));
        file.Position = 0;

        Predicted(histories, RandomForest.From(WeightFile.Read(file))).Should().Equal(Predicted(histories, forest));
    }

    [Fact]
    public void From_NodeThatLeadsBack_IsRefused()
    {
        // Two nodes; the first asks for figure 0 and goes on with itself.
        var weights = new WeightSet(RandomForest.Model, RandomForest.Shipped().ToWeights("").Settings, "", [new WeightTensor("tree0", [2, 6], [0, 1, 0, 0, 0, 0, -1, 0, 0, 0, 0, 0])]);

        FluentActions.Invoking(() => RandomForest.From(weights)).Should().Throw<WeightFormatException>();
    }

    [Fact]
    public void Shipped_PagesWithHistories_PredictsProbabilities()
    {
        float[] probabilities = Predicted(RandomHistories.Create(2, 3000, 40), RandomForest.Shipped());

        probabilities.Should().OnlyContain(static probability => probability >= 0 && probability <= 1);
        probabilities.Distinct().Should().HaveCountGreaterThan(10);
    }

    private static float[] Trained()
    {
        PageHistories histories = RandomHistories.Create(2, 3000, 40);
        var trainer = new RandomForestTrainer(7);
        trainer.Collect(histories, 5000);
        return Predicted(histories, trainer.Train(4));
    }

    private static float[] Predicted(PageHistories histories, RandomForest forest)
    {
        var prediction = new PagePrediction();
        prediction.PrepareAll(histories);
        new RandomForestPredictor(forest).Predict(histories, prediction);
        return prediction.Probabilities(prediction.Blocks.Count - 1, 0).ToArray();
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
