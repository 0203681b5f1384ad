namespace U2CMigration.Prediction.Evaluation;

/// <summary>Outcomes by predicted probability, from which ranking and thresholds are judged. Memory does not grow with the number of outcomes.</summary>
/// <remarks>The bins have equal width in the logarithm of the smaller of p and 1 - p, 32 an octave, so that neither small nor large probabilities run together.</remarks>
public sealed class ScoreHistogram
{
    private const int Half = 17 * 32;
    private const int Bins = 2 * Half;

    // Who says never or always and is wrong would lose without end.
    private const double LeastProbability = 1e-4;

    // The bits of 0.5: the largest probability of the lower half.
    private static readonly int Middle = BitConverter.SingleToInt32Bits(0.5f) >> 18;

    private readonly double[] _written = new double[Bins];
    private readonly double[] _clean = new double[Bins];

    /// <summary>Counts an outcome. What is not a number counts as 0.</summary>
    /// <param name="probability">The probability predicted.</param>
    /// <param name="written">What happened.</param>
    public void Add(float probability, bool written) => (written ? _written : _clean)[BinOf(probability)]++;

    /// <summary>Adds what another histogram has counted.</summary>
    /// <param name="other">The other one.</param>
    public void Add(ScoreHistogram other)
    {
        ArgumentNullException.ThrowIfNull(other);
        for (int i = 0; i < Bins; i++)
        {
            _written[i] += other._written[i];
            _clean[i] += other._clean[i];
        }
    }

    /// <summary>Reduces the weight of what was counted so far.</summary>
    /// <param name="factor">From 0 to 1.</param>
    public void Fade(double factor)
    {
        for (int i = 0; i < Bins; i++)
        {
            _written[i] *= factor;
            _clean[i] *= factor;
        }
    }

    /// <summary>The area under the curve of precision over recall, as average precision; equal probabilities count as one step. Not a number when nothing was written.</summary>
    public double AveragePrecision()
    {
        double positives = _written.Sum();
        double hits = 0;
        double predicted = 0;
        double area = 0;
        for (int bin = Bins - 1; bin >= 0; bin--)
        {
            hits += _written[bin];
            predicted += _written[bin] + _clean[bin];
            area += predicted > 0 ? _written[bin] / positives * (hits / predicted) : 0;
        }

        return positives > 0 ? area : double.NaN;
    }

    /// <summary>The mean negative logarithm of the probability that was given to what happened, to within a hundredth of each; not a number without outcomes.</summary>
    public double LogLoss()
    {
        double loss = 0;
        double outcomes = 0;
        for (int bin = 0; bin < Bins; bin++)
        {
            (float below, float above) = (LowerEdge(bin), bin == Bins - 1 ? 1 : LowerEdge(bin + 1));
            double probability = Math.Clamp((below + above) / 2.0, LeastProbability, 1 - LeastProbability);
            loss -= (_written[bin] * Math.Log(probability)) + (_clean[bin] * Math.Log(1 - probability));
            outcomes += _written[bin] + _clean[bin];
        }

        return outcomes > 0 ? loss / outcomes : double.NaN;
    }

    /// <summary>The lowest probability that still counts as written where F1 is best; 0.5 when nothing was written.</summary>
    public float BestThreshold()
    {
        double positives = _written.Sum();
        double hits = 0;
        double predicted = 0;
        double best = 0;
        int threshold = -1;
        for (int bin = Bins - 1; bin >= 0 && positives > 0; bin--)
        {
            hits += _written[bin];
            predicted += _written[bin] + _clean[bin];
            double score = 2 * hits / (predicted + positives);
            if (score > best && _written[bin] + _clean[bin] > 0)
            {
                (best, threshold) = (score, bin);
            }
        }

        return threshold < 0 ? 0.5f : LowerEdge(threshold);
    }

    private static int BinOf(float probability)
    {
        if (!(probability > 0))
        {
            return 0;
        }

        return probability <= 0.5f
            ? Math.Max(0, Half - 1 - (Middle - (BitConverter.SingleToInt32Bits(probability) >> 18)))
            : Math.Min(Bins - 1, Half + Math.Min(Half - 1, Middle - (BitConverter.SingleToInt32Bits(Math.Max(1 - probability, 1e-30f)) >> 18)));
    }

    private static float LowerEdge(int bin)
    {
        if (bin == 0)
        {
            return 0;
        }

        if (bin < Half)
        {
            return BitConverter.Int32BitsToSingle((bin - Half + 1 + Middle) << 18);
        }

        float upper = BitConverter.Int32BitsToSingle((Middle - (bin - Half) + 1) << 18);
        return bin == Half ? MathF.BitIncrement(0.5f) : 1 - upper;
    }
}
