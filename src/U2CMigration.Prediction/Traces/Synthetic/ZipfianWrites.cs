using System.Globalization;

namespace U2CMigration.Prediction.Traces.Synthetic;

/// <summary>
/// Independent writes to pages of very different popularity, like a store under a skewed load: the number of writes to a page in a sample has
/// a Poisson distribution, whose mean follows Zipf's law over the pages in a random order.
/// </summary>
public sealed class ZipfianWrites : ISyntheticWorkload
{
    private readonly double[] _probabilities;
    private readonly double _writesPerSample;
    private readonly double _exponent;
    private readonly Random _random;

    /// <summary>Makes the workload.</summary>
    /// <param name="pages">The number of pages, at least 1.</param>
    /// <param name="writesPerSample">The mean number of writes to all pages in a sample; not negative.</param>
    /// <param name="exponent">How skewed: 0 for all alike, 0.99 as in YCSB.</param>
    /// <param name="seed">Of everything random.</param>
    public ZipfianWrites(int pages, double writesPerSample, double exponent, int seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(pages, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(writesPerSample);
        ArgumentOutOfRangeException.ThrowIfNegative(exponent);
        _writesPerSample = writesPerSample;
        _exponent = exponent;
        _random = new Random(seed);
        double[] weights = [.. Enumerable.Range(1, pages).Select(rank => Math.Pow(rank, -exponent))];
        double sum = weights.Sum();
        _probabilities = [.. weights.Select(weight => -Math.Exp(-writesPerSample * weight / sum) + 1)];
        _random.Shuffle(_probabilities);
    }

    /// <inheritdoc/>
    public string Name => "zipfian-writes";

    /// <inheritdoc/>
    public string Law => string.Create(
        CultureInfo.InvariantCulture,
        $"each of {Pages} pages is written with probability 1 - exp(-m), independently of everything; m sums to {_writesPerSample} and follows Zipf's law with exponent {_exponent}, in random order");

    /// <inheritdoc/>
    public int Pages => _probabilities.Length;

    /// <inheritdoc/>
    public void Advance(Span<bool> written)
    {
        for (int page = 0; page < _probabilities.Length; page++)
        {
            written[page] = _random.NextDouble() < _probabilities[page];
        }
    }

    /// <inheritdoc/>
    public void Predict(int horizon, Span<double> probabilities)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(horizon, 1);
        _probabilities.CopyTo(probabilities);
    }
}
