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
        TrainAndPredict(variant, examples);
        long before = Tensor.TotalCount;

        TrainAndPredict(variant, examples);

        Tensor.TotalCount.Should().Be(before);
    }

    private static void TrainAndPredict(string variant, List<ExampleGroup> examples)
    {
        // Layers of TorchSharp leave some of their parameters' views behind; the scope takes them, here and in training proper.
        using DisposeScope scope = NewDisposeScope();
        using PageModel model = variant switch
        {
            "attention" => new AttentionModel(0.2),
            "lstm" => new LstmModel(),
            "ssdp" => new PaperModel(system: true, neighbours: true),
            _ => new PaperModel(system: false, neighbours: false),
        };
        ModelTrainer trainer = new(new TrainingOptions { Epochs = 1, BatchGroups = 16 });
        trainer.Train(model, examples, examples, (int)InputSelection.All, "test", null, CancellationToken.None);
        trainer.Loss(model, examples);
        BatchBuffers buffers = new(examples.Count);
        using ModelBatch batch = new(buffers, examples, [0, 1]);
        using IDisposable noGradients = no_grad();
        using Tensor logits = model.call(batch);
    }
}
