using System.Runtime.Intrinsics;
using TorchSharp;
using U2CMigration.Prediction.Attention;
using U2CMigration.Prediction.Networks;
using U2CMigration.Prediction.Recurrent;
using U2CMigration.Prediction.Torch.Examples;
using U2CMigration.Prediction.Torch.Models;
using static TorchSharp.torch;

namespace U2CMigration.Prediction.Torch.Tests;

public sealed class LeanInferenceTests
{
    [Fact]
    public void AttentionPass_SameWeights_GivesWhatTorchGives()
    {
        TorchRuntime.Prepare(seed: 5);
        using AttentionModel model = new();
        Scramble(model);
        List<ExampleGroup> groups = SyntheticExamples.Make();
        AttentionNetwork network = new(model.Export((int)InputSelection.All, "test"));
        AttentionPass pass = new(network);
        RoundBiases biases = new();

        Compare(model, groups, group =>
        {
            biases.Fill(network, group.Round);
            return pass.Run(group.Pages, group.Round, biases).ToArray();
        });
    }

    [Fact]
    public void LstmWorker_SameWeights_GivesWhatTorchGives()
    {
        TorchRuntime.Prepare(seed: 6);
        using LstmModel model = new();
        List<ExampleGroup> groups = SyntheticExamples.Make();
        LstmWorker worker = new(new LstmNetwork(model.Export(0, "test")));

        Compare(model, groups, group => worker.Run(group.Pages.Select(static page => new LstmInput((uint)page.Dirty)).ToArray()).ToArray());
    }

    private static void Compare(PageModel model, List<ExampleGroup> groups, Func<ExampleGroup, Vector512<float>[]> lean)
    {
        model.eval();
        BatchBuffers buffers = new(groups.Count);
        using ModelBatch batch = new(buffers, groups, [.. Enumerable.Range(0, groups.Count)]);
        using Tensor logits = model.call(batch);
        float[] expected = logits.contiguous().data<float>().ToArray();
        double largest = 0;
        double spread = 0;
        for (int g = 0; g < groups.Count; g++)
        {
            Vector512<float>[] actual = lean(groups[g]);
            for (int lane = 0; lane < ExampleGroup.Size; lane++)
            {
                for (int horizon = 0; horizon < actual.Length; horizon++)
                {
                    float torchs = expected[(((g * ExampleGroup.Size) + lane) * actual.Length) + horizon];
                    largest = Math.Max(largest, Math.Abs(torchs - actual[horizon][lane]));
                    spread = Math.Max(spread, Math.Abs(torchs - expected[horizon]));
                }
            }
        }

        largest.Should().BeLessThan(1e-4);
        spread.Should().BeGreaterThan(1e-2, "outputs that are all alike would compare nothing");
    }

    private static void Scramble(PageModel model)
    {
        using IDisposable noGradients = no_grad();
        foreach ((_, TorchSharp.Modules.Parameter parameter) in model.named_parameters())
        {
            nn.init.uniform_(parameter, -0.3, 0.3);
        }
    }
}
