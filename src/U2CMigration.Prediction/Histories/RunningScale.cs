namespace U2CMigration.Prediction.Histories;

/// <summary>Brings figures of unknown size to a common scale: how many standard deviations they are from the mean of those before. Both are kept on line and fade.</summary>
/// <remarks>Mean and variance with exponentially fading weights (the estimator of the population); the first two figures are 0. Bounded, so that one burst does not drown the rest.</remarks>
internal sealed class RunningScale
{
    private const double Fading = 0.97;
    private const double Bound = 8;

    private double _weight;
    private double _mean;
    private double _squares;

    /// <summary>The scaled figure; it counts for the next ones. What is no finite number gives 0 and does not count.</summary>
    public float Next(double value)
    {
        if (!double.IsFinite(value))
        {
            return 0;
        }

        double scaled = _weight > 1.5 && _squares > 0 ? (value - _mean) / Math.Sqrt(_squares / _weight) : 0;
        _weight = (_weight * Fading) + 1;
        double change = value - _mean;
        _mean += change / _weight;
        _squares = (_squares * Fading) + (change * (value - _mean));
        return (float)Math.Clamp(scaled, -Bound, Bound);
    }
}
