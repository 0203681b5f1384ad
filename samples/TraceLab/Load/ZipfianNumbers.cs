namespace TraceLab.Load;

/// <summary>
/// Numbers below a limit of which 0 is the most frequent, 1 the next, by Zipf's law with YCSB's constant. J. Gray et al., Quickly Generating
/// Billion-Record Synthetic Databases, SIGMOD 1994.
/// </summary>
public sealed class ZipfianNumbers(Random random)
{
    private const double Theta = 0.99;
    private const double Alpha = 1 / (1 - Theta);
    private static readonly double ZetaOfTwo = 1 + Math.Pow(0.5, Theta);
    private long _counted;
    private double _zeta;

    /// <summary>The next number. The limit may grow from call to call, not shrink.</summary>
    public long Next(long limit)
    {
        for (; _counted < limit; _counted++)
        {
            _zeta += Math.Pow(_counted + 1, -Theta);
        }

        double eta = (1 - Math.Pow(2.0 / limit, 1 - Theta)) / (1 - (ZetaOfTwo / _zeta));
        double u = random.NextDouble();
        double scaled = u * _zeta;
        return scaled < 1 ? 0
            : scaled < ZetaOfTwo ? Math.Min(1, limit - 1)
            : Math.Clamp((long)(limit * Math.Pow((eta * u) - eta + 1, Alpha)), 0, limit - 1);
    }
}
