using U2CMigration.Prediction.Networks;

namespace U2CMigration.Prediction.Forests;

/// <summary>A random forest (Breiman 2001): decision trees grown on random parts of the training data, whose answers are averaged. Compact own implementation.</summary>
/// <remarks>A tree answers for all horizons at once. Made by <see cref="RandomForestTrainer"/>.</remarks>
public sealed class RandomForest
{
    /// <summary>The name of the model of its weights.</summary>
    public const string Model = "random-forest";

    private const int NodeFigures = 6;

    private readonly ForestNode[][] _trees;

    internal RandomForest(ForestNode[][] trees) => _trees = trees;

    /// <summary>The number of trees.</summary>
    public int Trees => _trees.Length;

    /// <summary>The forest that the package ships.</summary>
    public static RandomForest Shipped() => From(WeightSet.Shipped(Model));

    /// <summary>Makes a forest of its weights.</summary>
    /// <param name="weights">The weights.</param>
    /// <exception cref="WeightFormatException">They are not those of a forest of this version.</exception>
    public static RandomForest From(WeightSet weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        return weights is { Model: Model, Settings: ForestFeatures.Count } && weights.Tensors.Count > 0
            ? new RandomForest([.. weights.Tensors.Select(ToTree)])
            : throw new WeightFormatException($"These are the weights of model '{weights.Model}' with settings {weights.Settings}, not of '{Model}' with {ForestFeatures.Count}.");
    }

    /// <summary>The weights of this forest: a tensor for each tree, with a row for each node.</summary>
    /// <param name="description">How it was grown, for people.</param>
    public WeightSet ToWeights(string description) => new(
        Model,
        ForestFeatures.Count,
        description,
        [
            .. _trees.Select(static (tree, index) => new WeightTensor(
                $"tree{index}",
                [tree.Length, NodeFigures],
                [.. tree.SelectMany(static node => (float[])[node.Figure, node.Limit, node.Other, node.Next, node.Second, node.Third])])),
        ]);

    internal (float Next, float Second, float Third) Predict(ReadOnlySpan<float> figures)
    {
        float next = 0;
        float second = 0;
        float third = 0;
        foreach (ForestNode[] tree in _trees)
        {
            int at = 0;
            while (tree[at].Figure >= 0)
            {
                at = figures[tree[at].Figure] <= tree[at].Limit ? at + 1 : tree[at].Other;
            }

            next += tree[at].Next;
            second += tree[at].Second;
            third += tree[at].Third;
        }

        return (next / _trees.Length, second / _trees.Length, third / _trees.Length);
    }

    /// <summary>Questions only lead onwards, so that following them ends.</summary>
    private static ForestNode[] ToTree(WeightTensor tensor)
    {
        if (tensor.Shape is not [> 0, NodeFigures])
        {
            throw new WeightFormatException($"The tree '{tensor.Name}' has no nodes of {NodeFigures} figures.");
        }

        var tree = new ForestNode[tensor.Shape[0]];
        for (int i = 0; i < tree.Length; i++)
        {
            ReadOnlySpan<float> row = tensor.Values.AsSpan(i * NodeFigures, NodeFigures);
            tree[i] = new ForestNode((int)row[0], row[1], (int)row[2], row[3], row[4], row[5]);
            bool asks = tree[i].Figure >= 0;
            if (asks && (tree[i].Figure >= ForestFeatures.Count || tree[i].Other <= i || tree[i].Other >= tree.Length || i + 1 >= tree.Length))
            {
                throw new WeightFormatException($"Node {i} of the tree '{tensor.Name}' leads nowhere.");
            }
        }

        return tree;
    }
}
