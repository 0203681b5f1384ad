using System.Runtime;
using TorchSharp;
using U2CMigration.Prediction.Attention;
using U2CMigration.Prediction.Torch.Examples;
using U2CMigration.Prediction.Torch.Models;
using U2CMigration.Prediction.Torch.Training;
using static TorchSharp.torch;

namespace U2CMigration.Prediction.Torch.Tests;

public sealed class LeakTests
{
    private const int MostAttempts = 10;

    // More than a use allocates.
    private const long AllocatedBytes = 128 << 20;

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

    // How many more tensors live afterwards. A collection in between would free tensors that nobody disposed of, and the rest of earlier tests with them,
    // so that only a run without one counts.
    private static long Growth(Action action)
    {
        for (int attempt = 0; attempt < MostAttempts; attempt++)
        {
            Settle();
            bool held = GC.TryStartNoGCRegion(AllocatedBytes);
            int collections = GC.CollectionCount(0);
            long before = Tensor.TotalCount;
            action();
            long growth = Tensor.TotalCount - before;
            bool undisturbed = held && GC.CollectionCount(0) == collections;
            if (GCSettings.LatencyMode == GCLatencyMode.NoGCRegion)
            {
                GC.EndNoGCRegion();
            }

            if (undisturbed)
            {
                return growth;
            }
        }

        throw new InvalidOperationException($"The collector ran during each of {MostAttempts} attempts.");
    }

    // Until the collector finds nothing more to free: what is freed may have held something else.
    private static void Settle()
    {
        long before;
        do
        {
            before = Tensor.TotalCount;
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        while (Tensor.TotalCount != before);
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
