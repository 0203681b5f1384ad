namespace U2CMigration.Prediction.Torch.Imagined;

/// <summary>Blocks of pages are written with a common period, each at a phase of its own, as the arrays of a solver or the layers of a network are.</summary>
internal sealed class PeriodicRegion : ImaginedRegion
{
    private readonly int _block;
    private readonly double _period;
    private readonly double _jitter;
    private readonly double _missed;
    private readonly (double Phase, double Length)[] _writes;
    private double _time;

    public PeriodicRegion(Random random, int pages)
        : base(random, pages)
    {
        _block = 8 << random.Next(7);
        _period = Between(1.5, 25);
        _jitter = random.Next(2) * random.NextDouble() * 0.5;
        _missed = random.Next(2) * random.NextDouble() * 0.1;
        double length = Between(0.1, 0.7);
        _writes = [.. Enumerable.Range(0, (pages / _block) + 1).Select(_ => (random.NextDouble(), length * (0.5 + random.NextDouble())))];
    }

    /// <inheritdoc/>
    public override void Next() => _time += 1 + (_jitter * ((2 * Random.NextDouble()) - 1));

    // A page is written in a sample that its time of writing touches.
    /// <inheritdoc/>
    public override bool IsWritten(int page)
    {
        (double phase, double length) = _writes[page / _block];
        double position = ((_time / _period) + phase) % 1;
        return position < length + (1 / _period) - 0.2 && Random.NextDouble() >= _missed;
    }
}
