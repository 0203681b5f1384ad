namespace U2CMigration.Prediction.Torch.Imagined;

/// <summary>A window of pages moves through the region, steadily or in steps: a sweep, a nursery, a hot set that wanders.</summary>
internal sealed class FrontRegion : ImaginedRegion
{
    private readonly double _speed;
    private readonly int _width;
    private readonly int _pause;
    private readonly double _inside;
    private readonly double _outside;
    private double _position;
    private int _sample;

    public FrontRegion(Random random, int pages)
        : base(random, pages)
    {
        _speed = Between(4, pages / 3.0);
        _width = (int)Between(16, pages / 2.0);
        _pause = random.Next(3) == 0 ? random.Next(2, 15) : 1;
        _inside = random.Next(2) == 0 ? 1 : Between(0.2, 1);
        _outside = random.Next(2) * Between(0.001, 0.05);
    }

    /// <inheritdoc/>
    public override void Next()
    {
        if (++_sample % _pause == 0)
        {
            _position += _speed * (0.8 + (0.4 * Random.NextDouble()));
        }
    }

    /// <inheritdoc/>
    public override bool IsWritten(int page)
    {
        int behind = (int)((_position - page) % Pages);
        behind += behind < 0 ? Pages : 0;
        return Random.NextDouble() < (behind < _width ? _inside : _outside);
    }
}
