namespace U2CMigration.Prediction.Blending;

/// <summary>What each of several sources of predictions has lost lately: the mean negative logarithm of the probability given to what happened.</summary>
/// <remarks>
/// A sample counts by the root of the number of pages asked about in it: what they do in one sample is hardly more than one observation of the program, but one about
/// more of its memory.
/// </remarks>
internal sealed class LossLedger
{
    /// <summary>As if what the pages do in one sample were so many observations that have nothing to do with each other.</summary>
    private const double Sharpness = 3;

    /// <summary>Sources that deserve less than this share of the best say nothing.</summary>
    private const double LeastShare = 0.05;

    /// <summary>By how much a source that needs all others must be better than any of them, in nats a page.</summary>
    private const double WorthAll = 0.003;

    // Who says never or always and is wrong would lose without end.
    private const double LeastProbability = 1e-4;

    private readonly double[] _losses;
    private readonly double[] _newest;
    private readonly double _fading;
    private float _pages;
    private double _meanPages;

    public LossLedger(int sources, double fading)
    {
        _losses = new double[sources];
        _newest = new double[sources];
        _fading = fading;
    }

    /// <summary>Adds the loss of a probability for a page of the newest sample.</summary>
    public void Add(int source, float probability, bool written, float weight) =>
        _newest[source] -= weight * Math.Log(Math.Clamp(written ? probability : 1 - probability, LeastProbability, 1));

    /// <summary>Counts a page of the newest sample.</summary>
    public void CountPage(float weight) => _pages += weight;

    /// <summary>Makes the newest sample count, and lets those before fade.</summary>
    public void Next()
    {
        double pages = Math.Max(1, _pages);
        _meanPages += (pages - _meanPages) * (_meanPages == 0 ? 1 : 1 - _fading);
        double weight = Math.Sqrt(pages / _meanPages) / pages;
        for (int i = 0; i < _losses.Length; i++)
        {
            _losses[i] = (_losses[i] * _fading) + (_newest[i] * weight);
            _newest[i] = 0;
        }

        _pages = 0;
    }

    /// <summary>What each source deserves to say: the less it has lost, the more. Sources that would say hardly anything say nothing, and need not be asked.</summary>
    /// <param name="dear">The first of the sources, up to the last, that need all others: they say nothing unless they are better than any of those.</param>
    /// <param name="shares">Receives the shares, together 1.</param>
    public void Share(int dear, Span<float> shares)
    {
        ReadOnlySpan<double> losses = _losses;
        double least = Least(losses[..dear]);
        double leastOfDear = Least(losses[dear..]);
        int count = dear;
        if (leastOfDear < least - (WorthAll / (1 - _fading)))
        {
            (count, least) = (losses.Length, leastOfDear);
        }

        float sum = 0;
        shares.Clear();
        for (int i = 0; i < count; i++)
        {
            double share = Math.Exp(Sharpness * (least - losses[i]));
            shares[i] = share < LeastShare ? 0 : (float)share;
            sum += shares[i];
        }

        for (int i = 0; i < shares.Length; i++)
        {
            shares[i] /= sum;
        }
    }

    private static double Least(ReadOnlySpan<double> losses)
    {
        double least = losses[0];
        foreach (double loss in losses)
        {
            least = Math.Min(least, loss);
        }

        return least;
    }
}
