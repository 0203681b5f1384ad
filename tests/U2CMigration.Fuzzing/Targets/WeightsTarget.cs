using System.Security.Cryptography;
using U2CMigration.Prediction.Attention;
using U2CMigration.Prediction.Forests;
using U2CMigration.Prediction.Networks;
using U2CMigration.Prediction.Recurrent;

namespace U2CMigration.Fuzzing.Targets;

/// <summary>Files of weights under a right checksum, and the models that are made of them.</summary>
internal sealed class WeightsTarget : IFuzzTarget
{
    public string Name => "weights";

    public void Run(ReadOnlySpan<byte> input)
    {
        byte[] file = input.IsEmpty || input[0] != 0 ? [.. input, .. SHA256.HashData(input)] : [.. input[1..]];
        WeightSet weights;
        try
        {
            weights = WeightFile.Read(new MemoryStream(file));
        }
        catch (WeightFormatException)
        {
            return;
        }

        using var written = new MemoryStream();
        WeightFile.Write(written, weights);
        foreach (Func<object> make in (ReadOnlySpan<Func<object>>)[() => new LstmNetwork(weights), () => new AttentionNetwork(weights), () => RandomForest.From(weights)])
        {
            try
            {
                _ = make();
            }
            catch (WeightFormatException)
            {
                // What is documented.
            }
        }
    }

    public IEnumerable<byte[]> Seeds()
    {
        WeightSet[] sets =
        [
            new("random-forest", ForestFeatures.Count, "two trees", [new WeightTensor("tree0", [3, 6], [0, 0.5f, 2, 0, 0, 0, -1, 0, 0, 1, 1, 1, -1, 0, 0, 0, 0, 0]), new WeightTensor("tree1", [1, 6], [-1, 0, 0, 1, 1, 1])]),
            new("lstm", 1, "none", [new WeightTensor("a", [2, 1], [1, 2])]),
            new("attention", 1, string.Empty, []),
        ];
        return sets.Select(static set =>
        {
            using var file = new MemoryStream();
            WeightFile.Write(file, set);
            return file.ToArray()[..^SHA256.HashSizeInBytes];
        });
    }
}
