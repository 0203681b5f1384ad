using U2CMigration.Prediction.Predictors;

namespace U2CMigration.Prediction.Calibration;

/// <summary>Compares probabilities that were given with what happened, and corrects the next ones accordingly.</summary>
/// <remarks>
/// Outcomes are counted in bins of equal width in log odds and fade with time; the correction is the monotone map that fits them best (isotonic regression by
/// pooling adjacent violators), interpolated between the bins. Every bin starts as if it had been right a few times, so that without outcomes nothing is changed.
/// What thousands of pages do in one sample is far fewer than thousands of observations of the program, and counts as such.
/// The memory is that of <see cref="Bins"/> bins.
/// </remarks>
public sealed class ProbabilityCalibration
{
    /// <summary>The number of bins.</summary>
    public const int Bins = 41;

    private const float PriorWeight = 4;

    // How much alike outcomes of one bin and sample are: any number of them counts as at most 1 / Alike that have nothing to do with each other.
    private const float Alike = 0.05f;
    private const float Width = 2 * Logit.Limit / (Bins - 1);
    private const float PerWidth = 1 / Width;

    private readonly float[] _seen = new float[Bins];
    private readonly float[] _written = new float[Bins];
    private readonly float[] _logits = new float[Bins];

    // Since the last Refresh.
    private readonly float[] _newSeen = new float[Bins];
    private readonly float[] _newWritten = new float[Bins];
    private readonly float[] _newLogits = new float[Bins];
    private readonly float[] _map = new float[Bins];
    private readonly float _fading;

    /// <summary>A calibration that changes nothing yet.</summary>
    /// <param name="fading">What remains of the weight of an outcome at each <see cref="Refresh"/>.</param>
    public ProbabilityCalibration(float fading = 0.95f)
    {
        _fading = fading;
        Refresh();
    }

    /// <summary>Counts an outcome.</summary>
    /// <param name="probability">The probability that was given, not yet corrected.</param>
    /// <param name="written">What happened.</param>
    public void Observe(float probability, bool written) => ObserveLogit(Logit.Of(probability), written);

    /// <summary>The corrected probability.</summary>
    /// <param name="probability">A probability.</param>
    public float Map(float probability) => MapLogit(Logit.Of(probability));

    internal void ObserveLogit(float logit, bool written, float weight = 1)
    {
        int bin = (int)(((logit + Logit.Limit) * PerWidth) + 0.5f);
        _newSeen[bin] += weight;
        _newLogits[bin] += weight * logit;
        _newWritten[bin] += written ? weight : 0;
    }

    /// <summary>Makes the outcomes observed count in the corrections, and lets them fade.</summary>
    public void Refresh()
    {
        for (int bin = 0; bin < Bins; bin++)
        {
            float weight = 1 / (1 + (Math.Max(0, _newSeen[bin] - 1) * Alike));
            _seen[bin] += weight * _newSeen[bin];
            _written[bin] += weight * _newWritten[bin];
            _logits[bin] += weight * _newLogits[bin];
        }

        Array.Clear(_newSeen);
        Array.Clear(_newWritten);
        Array.Clear(_newLogits);
        Pool();
        for (int bin = 0; bin < Bins; bin++)
        {
            _seen[bin] *= _fading;
            _written[bin] *= _fading;
            _logits[bin] *= _fading;
        }
    }

    internal float MapLogit(float logit) => MapLogit(_map, logit);

    /// <summary>Looks log odds up in a map made by <see cref="Weigh"/>, and adds what it says.</summary>
    internal static void AddMapped(ReadOnlySpan<float> map, ReadOnlySpan<float> logits, Span<float> sums)
    {
        for (int i = 0; i < sums.Length; i++)
        {
            sums[i] += MapLogit(map, logits[i]);
        }
    }

    /// <summary>Makes a map that gives so much of the probability as it was given, and so much of the corrected one.</summary>
    internal void Weigh(float given, float corrected, Span<float> map)
    {
        for (int bin = 0; bin < Bins; bin++)
        {
            map[bin] = (given * Logit.ToProbability((bin * Width) - Logit.Limit)) + (corrected * _map[bin]);
        }
    }

    // Between the bins it interpolates.
    private static float MapLogit(ReadOnlySpan<float> map, float logit)
    {
        float at = (logit + Logit.Limit) * PerWidth;
        int bin = Math.Min((int)at, Bins - 2);
        float share = at - bin;
        return map[bin] + (share * (map[bin + 1] - map[bin]));
    }

    // The prior of a bin is its own probability, so that the map of an unseen range is the identity.
    private void Pool()
    {
        Span<float> weights = stackalloc float[Bins];
        Span<float> values = stackalloc float[Bins];
        Span<int> lengths = stackalloc int[Bins];
        int pools = 0;
        for (int bin = 0; bin < Bins; bin++)
        {
            float centre = (bin * Width) - Logit.Limit;
            float prior = Logit.ToProbability(centre);

            // What was seen is moved along the slope of the curve from its mean to the centre of the bin.
            float moved = _seen[bin] > 0 ? _seen[bin] * (prior - Logit.ToProbability(_logits[bin] / _seen[bin])) : 0;
            weights[pools] = _seen[bin] + PriorWeight;
            values[pools] = Math.Clamp((_written[bin] + moved + (prior * PriorWeight)) / weights[pools], 0, 1);
            lengths[pools] = 1;
            while (pools > 0 && values[pools - 1] > values[pools])
            {
                float weight = weights[pools - 1] + weights[pools];
                values[pools - 1] = ((values[pools - 1] * weights[pools - 1]) + (values[pools] * weights[pools])) / weight;
                weights[pools - 1] = weight;
                lengths[pools - 1] += lengths[pools];
                pools--;
            }

            pools++;
        }

        int next = 0;
        for (int pool = 0; pool < pools; pool++)
        {
            _map.AsSpan(next, lengths[pool]).Fill(values[pool]);
            next += lengths[pool];
        }
    }
}
