using TorchSharp;
using U2CMigration.Prediction.Attention;
using U2CMigration.Prediction.Torch.Examples;
using U2CMigration.Prediction.Torch.Models;
using U2CMigration.Prediction.Torch.Training;
using static TorchSharp.torch;

namespace U2CMigration.Prediction.Torch.Tests;

public sealed class LeakTests
{
    [Theory]
    [InlineData("attention")]
    [InlineData("lstm")]
    [InlineData("ssdp")]
    [InlineData("sdp-alone")]
    public void TrainEvaluatePredict_Afterwards_NoTensorIsLeft(string variant)
    {
        TorchRuntime.Prepare();
        List<ExampleGroup> examples = SyntheticExamples.Make(samples: 12);
        Use(variant, examples);

        long used = Growth(() => Use(variant, examples));
        long made = Growth(() => Make(variant).Dispose());

        // TorchSharp counts each new parameter once too often: not 0, but what making a model alone leaves.
        used.Should().Be(made);
    }

    private static long Growth(Action action)
    {
        long before = Tensor.TotalCount;
        action();
        return Tensor.TotalCount - before;
    }

    private static PageModel Make(string variant) => variant switch
    {
        "attention" => new AttentionModel(0.2),
        "lstm" => new LstmModel(),
        "ssdp" => new PaperModel(system: true, neighbours: true),
        _ => new PaperModel(system: false, neighbours: false),
    };

    private static void Use(string variant, List<ExampleGroup> examples)
    {
        using PageModel model = Make(variant);
        using DisposeScope scope = NewDisposeScope();
        ModelTrainer trainer = new(new TrainingOptions { Epochs = 1, BatchGroups = 16 });
        trainer.Train(model, examples, examples, (int)InputSelection.All, "test", null, CancellationToken.None);
        trainer.Loss(model, examples);
        BatchBuffers buffers = new(examples.Count);
        using ModelBatch batch = new(buffers, examples, [0, 1]);
        using IDisposable noGradients = no_grad();
        using Tensor logits = model.call(batch);
    }
}
