namespace U2CMigration.Prediction.Baselines;

/// <summary>Exponentially weighted averages of histories, eight bits at a time by table.</summary>
internal sealed class ExponentialWeights
{
    private readonly float[] _sums = new float[8 * 256];
    private readonly float[] _totals = new float[65];

    /// <summary>Weights that fall by 1 - <paramref name="weight"/> with every sample.</summary>
    public ExponentialWeights(double weight)
    {
        for (int i = 0; i < 64; i++)
        {
            float value = (float)(weight * Math.Pow(1 - weight, i));
            _totals[i + 1] = _totals[i] + value;
            for (int bits = 0; bits < 256; bits++)
            {
                _sums[((i / 8) * 256) + bits] += ((bits >> (i % 8)) & 1) * value;
            }
        }
    }

    /// <summary>The average of the newest so many bits.</summary>
    public float Average(ulong word, int samples)
    {
        float sum = 0;
        for (int table = 0; word != 0; table += 256, word >>= 8)
        {
            sum += _sums[table + (int)(word & 255)];
        }

        return samples > 0 ? sum / _totals[samples] : 0;
    }
}
