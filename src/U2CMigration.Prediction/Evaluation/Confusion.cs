namespace U2CMigration.Prediction.Evaluation;

/// <summary>How often a prediction was right, and wrong in either way.</summary>
/// <param name="TruePositives">Predicted to be written, and written.</param>
/// <param name="FalsePositives">Predicted to be written, but not written.</param>
/// <param name="FalseNegatives">Written without having been predicted.</param>
public readonly record struct Confusion(long TruePositives, long FalsePositives, long FalseNegatives)
{
    /// <summary>The share of what was predicted that happened; 1 when nothing was predicted.</summary>
    public double Precision => Share(TruePositives, TruePositives + FalsePositives);

    /// <summary>The share of what happened that was predicted; 1 when nothing happened.</summary>
    public double Recall => Share(TruePositives, TruePositives + FalseNegatives);

    /// <summary>The harmonic mean of both; 1 when nothing happened and nothing was predicted.</summary>
    public double F1 => Share(2 * TruePositives, (2 * TruePositives) + FalsePositives + FalseNegatives);

    /// <summary>Both together.</summary>
    /// <param name="first">A confusion.</param>
    /// <param name="second">A confusion.</param>
    public static Confusion operator +(Confusion first, Confusion second) => Add(first, second);

    /// <summary>Both together.</summary>
    /// <param name="left">A confusion.</param>
    /// <param name="right">A confusion.</param>
    public static Confusion Add(Confusion left, Confusion right) => new(
        left.TruePositives + right.TruePositives, left.FalsePositives + right.FalsePositives, left.FalseNegatives + right.FalseNegatives);

    private static double Share(long part, long whole) => whole == 0 ? 1 : part / (double)whole;
}
