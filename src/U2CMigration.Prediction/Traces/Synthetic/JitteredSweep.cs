using System.Globalization;

namespace U2CMigration.Prediction.Traces.Synthetic;

/// <summary>
/// A front that sweeps over all pages again and again, like a solver over its vectors or a collector over its heap: in each sample it writes
/// the pages it passes. Its speed is not quite steady.
/// </summary>
public sealed class JitteredSweep : ISyntheticWorkload
{
    private readonly int _step;
    private readonly int _jitter;
    private readonly Random _random;

    // Of the way made in h samples: its distribution, for h = 0, 1, 2... as far as it was asked for.
    private readonly List<double[]> _ways = [[1]];
    private int _front;

    /// <summary>Makes the workload.</summary>
    /// <param name="pages">The number of pages.</param>
    /// <param name="step">Pages passed in a sample, on average; below <paramref name="pages"/> together with the jitter.</param>
    /// <param name="jitter">How many more or fewer, all numbers alike; at most <paramref name="step"/>.</param>
    /// <param name="seed">Of everything random.</param>
    public JitteredSweep(int pages, int step, int jitter, int seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(step, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(jitter);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(jitter, step);
        ArgumentOutOfRangeException.ThrowIfLessThan(pages, step + jitter);
        Pages = pages;
        _step = step;
        _jitter = jitter;
        _random = new Random(seed);
    }

    /// <inheritdoc/>
    public string Name => "jittered-sweep";

    /// <inheritdoc/>
    public string Law => string.Create(
        CultureInfo.InvariantCulture, $"a front goes round over {Pages} pages and writes the {_step} pages it passes in a sample, give or take up to {_jitter}, all numbers alike");

    /// <inheritdoc/>
    public int Pages { get; }

    /// <inheritdoc/>
    public void Advance(Span<bool> written)
    {
        written[..Pages].Clear();
        for (int left = _step + _random.Next(-_jitter, _jitter + 1); left > 0; left--)
        {
            written[_front] = true;
            _front = (_front + 1) % Pages;
        }
    }

    /// <inheritdoc/>
    /// <remarks>The front must not be able to come round within the horizon.</remarks>
    public void Predict(int horizon, Span<double> probabilities)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(horizon, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(horizon, Pages / (_step + _jitter));

        // The page at a distance d is passed in sample h if the way up to h - 1 does not reach beyond it and the way up to h does. Ways only grow.
        double[] before = Way(horizon - 1);
        double[] after = Way(horizon);
        double passedBefore = 1;
        double passedAfter = 1;
        for (int distance = 0; distance < Pages; distance++)
        {
            passedBefore -= distance < before.Length ? before[distance] : 0;
            passedAfter -= distance < after.Length ? after[distance] : 0;
            probabilities[(_front + distance) % Pages] = Math.Clamp(passedAfter - passedBefore, 0, 1);
        }
    }

    private double[] Way(int samples)
    {
        while (_ways.Count <= samples)
        {
            double[] last = _ways[^1];
            double[] next = new double[last.Length + _step + _jitter];
            for (int way = 0; way < last.Length; way++)
            {
                for (int step = _step - _jitter; step <= _step + _jitter; step++)
                {
                    next[way + step] += last[way] / ((2 * _jitter) + 1);
                }
            }

            _ways.Add(next);
        }

        return _ways[samples];
    }
}
