namespace U2CMigration.Prediction.Evaluation;

/// <summary>Whether probabilities are what they say: in ten bins, what was predicted on average and what happened.</summary>
public sealed class Reliability
{
    /// <summary>The number of bins.</summary>
    public const int Bins = 10;

    private readonly double[] _predicted = new double[Bins];
    private readonly long[] _written = new long[Bins];
    private readonly long[] _seen = new long[Bins];

    /// <summary>Counts an outcome. What is not a number counts as 0.</summary>
    /// <param name="probability">The probability predicted.</param>
    /// <param name="written">What happened.</param>
    public void Add(float probability, bool written)
    {
        float value = probability >= 0 ? Math.Min(probability, 1) : 0;
        int bin = Math.Min((int)(value * Bins), Bins - 1);
        _predicted[bin] += value;
        _written[bin] += written ? 1 : 0;
        _seen[bin]++;
    }

    /// <summary>Adds what another diagram has counted.</summary>
    /// <param name="other">The other one.</param>
    public void Add(Reliability other)
    {
        ArgumentNullException.ThrowIfNull(other);
        for (int i = 0; i < Bins; i++)
        {
            _predicted[i] += other._predicted[i];
            _written[i] += other._written[i];
            _seen[i] += other._seen[i];
        }
    }

    /// <summary>The expected calibration error: the mean distance between predicted and happened, weighed by the outcomes in each bin; 0 without outcomes.</summary>
    public double CalibrationError()
    {
        double error = 0;
        for (int i = 0; i < Bins; i++)
        {
            error += Math.Abs(_predicted[i] - _written[i]);
        }

        return error / Math.Max(1, _seen.Sum());
    }

    /// <summary>A bin.</summary>
    /// <param name="bin">From 0 to <see cref="Bins"/> - 1.</param>
    public ReliabilityBin this[int bin] => new(
        _seen[bin], _predicted[bin] / Math.Max(1, _seen[bin]), _written[bin] / (double)Math.Max(1, _seen[bin]));
}
