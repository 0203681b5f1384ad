namespace U2CMigration.Prediction.Forests;

/// <summary>A random forest (Breiman 2001): decision trees grown on random parts of the training data, whose answers are averaged. Compact own implementation.</summary>
/// <remarks>A tree answers for all horizons at once. Made by <see cref="RandomForestTrainer"/>.</remarks>
public sealed class RandomForest
{
    private readonly ForestNode[][] _trees;

    internal RandomForest(ForestNode[][] trees) => _trees = trees;

    /// <summary>The number of trees.</summary>
    public int Trees => _trees.Length;

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
}
