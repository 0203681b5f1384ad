namespace U2CMigration.Prediction.Torch.Imagined;

/// <summary>Now and then, at random times, much of the region is written at once for a while: a snapshot, a collection of garbage.</summary>
internal sealed class BurstRegion : ImaginedRegion
{
    private readonly double _start;
    private readonly int _length;
    private readonly double _rate;
    private readonly double _quiet;
    private int _left;

    public BurstRegion(Random random, int pages)
        : base(random, pages)
    {
        _start = Between(0.02, 0.3);
        _length = random.Next(1, 6);
        _rate = Between(0.2, 1);
        _quiet = random.Next(2) * Between(0.001, 0.1);
    }

    /// <inheritdoc/>
    public override void Next()
    {
        _left = _left > 0 ? _left - 1 : Random.NextDouble() < _start ? _length : 0;
    }

    /// <inheritdoc/>
    public override bool IsWritten(int page) => Random.NextDouble() < (_left > 0 ? _rate : _quiet);
}
