using U2CMigration.Prediction.Predictors;

namespace U2CMigration.Prediction.Calibration;

/// <summary>Compares probabilities that were given with what happened, and corrects the next ones accordingly.</summary>
/// <remarks>
/// Outcomes are counted in bins of equal width in log odds and fade with time; the correction is the monotone map that fits them best (isotonic regression by
/// pooling adjacent violators), interpolated between the bins. Every bin starts as if it had been right a few times, so that without outcomes nothing is changed.
/// The memory is that of <see cref="Bins"/> bins.
/// </remarks>
public sealed class ProbabilityCalibration
{
    /// <summary>The number of bins.</summary>
    public const int Bins = 41;

    private const float PriorWeight = 4;
    private const float Width = 2 * Logit.Limit / (Bins - 1);

    private readonly float[] _seen = new float[Bins];
    private readonly float[] _written = new float[Bins];
    private readonly float[] _logits = new float[Bins];
    private readonly float[] _map = new float[Bins];
    private readonly float _fading;

    /// <summary>A calibration that changes nothing yet.</summary>
    /// <param name="fading">What remains of the weight of an outcome at each <see cref="Refresh"/>.</param>
    public ProbabilityCalibration(float fading = 0.93f)
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

    internal void ObserveLogit(float logit, bool written)
    {
        int bin = (int)(((logit + Logit.Limit) / Width) + 0.5f);
        _seen[bin]++;
        _logits[bin] += logit;
        _written[bin] += written ? 1 : 0;
    }

    /// <summary>Makes the outcomes observed count in the corrections, and lets them fade.</summary>
    public void Refresh()
    {
        Pool();
        for (int bin = 0; bin < Bins; bin++)
        {
            _seen[bin] *= _fading;
            _written[bin] *= _fading;
            _logits[bin] *= _fading;
        }
    }

    internal float MapLogit(float logit)
    {
        float at = (logit + Logit.Limit) / Width;
        int bin = Math.Min((int)at, Bins - 2);
        float share = at - bin;
        return (_map[bin] * (1 - share)) + (_map[bin + 1] * share);
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
