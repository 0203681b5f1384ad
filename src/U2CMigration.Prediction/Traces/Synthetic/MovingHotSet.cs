using System.Globalization;

namespace U2CMigration.Prediction.Traces.Synthetic;

/// <summary>A stretch of pages that is written a lot and now and then lies elsewhere, like the partition that a job works on.</summary>
public sealed class MovingHotSet : ISyntheticWorkload
{
    private readonly int _hotPages;
    private readonly double _move;
    private readonly double _hot;
    private readonly double _cold;
    private readonly Random _random;
    private int _start;

    /// <summary>Makes the workload.</summary>
    /// <param name="pages">The number of pages.</param>
    /// <param name="hotPages">The length of the stretch; at most <paramref name="pages"/>.</param>
    /// <param name="moveProbability">The probability, in each sample, that the stretch is put to a random place before anything is written.</param>
    /// <param name="hotProbability">The probability of a page in the stretch to be written.</param>
    /// <param name="coldProbability">The probability of any other page.</param>
    /// <param name="seed">Of everything random.</param>
    public MovingHotSet(int pages, int hotPages, double moveProbability, double hotProbability, double coldProbability, int seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(hotPages, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(pages, hotPages);
        ThrowIfNoProbability(moveProbability);
        ThrowIfNoProbability(hotProbability);
        ThrowIfNoProbability(coldProbability);
        Pages = pages;
        _hotPages = hotPages;
        _move = moveProbability;
        _hot = hotProbability;
        _cold = coldProbability;
        _random = new Random(seed);
        Move();
    }

    /// <inheritdoc/>
    public string Name => "moving-hot-set";

    /// <inheritdoc/>
    public string Law => string.Create(
        CultureInfo.InvariantCulture,
        $"of {Pages} pages a stretch of {_hotPages} is written with probability {_hot} each, the others with {_cold}; before each sample the stretch moves to a random place with probability {_move}");

    /// <inheritdoc/>
    public int Pages { get; }

    private int Places => Pages - _hotPages + 1;

    /// <inheritdoc/>
    public void Advance(Span<bool> written)
    {
        if (_random.NextDouble() < _move)
        {
            Move();
        }

        for (int page = 0; page < Pages; page++)
        {
            written[page] = _random.NextDouble() < (IsHot(page) ? _hot : _cold);
        }
    }

    /// <inheritdoc/>
    public void Predict(int horizon, Span<double> probabilities)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(horizon, 1);
        double stays = Math.Pow(1 - _move, horizon);
        for (int page = 0; page < Pages; page++)
        {
            // Once it has moved, all places are alike, however often it did.
            int covering = Math.Min(page, Places - 1) - Math.Max(0, page - _hotPages + 1) + 1;
            double hot = (IsHot(page) ? stays : 0) + ((1 - stays) * covering / Places);
            probabilities[page] = (hot * _hot) + ((1 - hot) * _cold);
        }
    }

    private static void ThrowIfNoProbability(double value)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 1);
    }

    private bool IsHot(int page) => page >= _start && page < _start + _hotPages;

    private void Move() => _start = _random.Next(Places);
}
