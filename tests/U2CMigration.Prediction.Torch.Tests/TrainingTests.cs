using U2CMigration.Prediction.Attention;
using U2CMigration.Prediction.Networks;
using U2CMigration.Prediction.Torch.Examples;
using U2CMigration.Prediction.Torch.Models;
using U2CMigration.Prediction.Torch.Training;

namespace U2CMigration.Prediction.Torch.Tests;

public sealed class TrainingTests
{
    private static readonly TrainingOptions Short = new() { Epochs = 3, Seed = 3 };

    [Fact]
    public void Train_PeriodicAndRandomPages_LearnsThem()
    {
        TorchRuntime.Prepare(seed: 3);
        List<ExampleGroup> training = SyntheticExamples.Make(samples: 60, seed: 1, new ExampleOptions { UnstablePages = 256 });
        List<ExampleGroup> validation = SyntheticExamples.Make(samples: 30, seed: 2);
        using AttentionModel model = new();
        ModelTrainer trainer = new(Short);
        double before = trainer.Loss(model, validation);

        trainer.Train(model, training, validation, (int)InputSelection.All, "test", null, TestContext.Current.CancellationToken);

        trainer.Loss(model, validation).Should().BeLessThan(before * 0.7);
    }

    [Fact]
    public void Train_SameSeed_GivesSameWeights()
    {
        List<ExampleGroup> examples = SyntheticExamples.Make(samples: 20);

        TrainOnce(examples).Should().Equal(TrainOnce(examples));
    }

    [Fact]
    public void Train_Cancelled_Stops()
    {
        TorchRuntime.Prepare();
        List<ExampleGroup> examples = SyntheticExamples.Make(samples: 10);
        using LstmModel model = new();
        Action train = () => new ModelTrainer(Short).Train(model, examples, examples, 0, "test", null, new CancellationToken(canceled: true));

        train.Should().Throw<OperationCanceledException>();
    }

    [Fact]
    public void Train_InputThatIsNoNumber_SaysSoInsteadOfReturningWeights()
    {
        TorchRuntime.Prepare();
        List<ExampleGroup> examples = SyntheticExamples.Make(samples: 10);
        examples[0].Round.Summary[0] = float.NaN;
        using AttentionModel model = new();
        Action train = () => new ModelTrainer(Short).Train(model, examples, examples, 0, "test", null, CancellationToken.None);

        train.Should().Throw<InvalidOperationException>().WithMessage("*not a number after pass 1*");
    }

    private static float[] TrainOnce(List<ExampleGroup> examples)
    {
        TorchRuntime.Prepare(seed: 3);
        using AttentionModel model = new();
        WeightSet weights = new ModelTrainer(Short with { Epochs = 1 }).Train(model, examples, examples, 0, "test", null, CancellationToken.None);
        return [.. weights.Tensors.SelectMany(static tensor => tensor.Values)];
    }
}
