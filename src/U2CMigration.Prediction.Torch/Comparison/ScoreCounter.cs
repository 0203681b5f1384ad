namespace U2CMigration.Prediction.Torch.Comparison;

/// <summary>Collects predictions and outcomes, and computes scores. NaN without predictions.</summary>
internal sealed class ScoreCounter
{
    private const int Bins = 15;

    private readonly List<(float Probability, bool Written)> _outcomes = [];

    public int Count => _outcomes.Count;

    public void Add(float probability, bool written) => _outcomes.Add((probability, written));

    public double LogLoss() => Mean(static outcome => -Math.Log(Math.Clamp(outcome.Written ? outcome.Probability : 1 - outcome.Probability, 1e-7, 1)));

    public double F1()
    {
        int hits = _outcomes.Count(static outcome => outcome.Written && outcome.Probability >= 0.5f);
        int predicted = _outcomes.Count(static outcome => outcome.Probability >= 0.5f);
        int written = _outcomes.Count(static outcome => outcome.Written);
        return predicted + written == 0 ? double.NaN : 2.0 * hits / (predicted + written);
    }

    /// <summary>Average precision; equal probabilities count as one step.</summary>
    public double PrAuc()
    {
        int written = _outcomes.Count(static outcome => outcome.Written);
        double area = 0;
        int seen = 0;
        int hits = 0;
        foreach (IGrouping<float, (float Probability, bool Written)> step in _outcomes.GroupBy(static outcome => outcome.Probability).OrderByDescending(static step => step.Key))
        {
            int more = step.Count(static outcome => outcome.Written);
            seen += step.Count();
            hits += more;
            area += (double)more / written * hits / seen;
        }

        return written == 0 ? double.NaN : area;
    }

    public double CalibrationError()
    {
        double error = _outcomes
            .GroupBy(static outcome => Math.Min(Bins - 1, (int)(outcome.Probability * Bins)))
            .Sum(static bin => Math.Abs(bin.Sum(static outcome => outcome.Probability - (outcome.Written ? 1.0 : 0.0))));
        return error / Count;
    }

    private double Mean(Func<(float Probability, bool Written), double> value) => Count == 0 ? double.NaN : _outcomes.Average(value);
}
