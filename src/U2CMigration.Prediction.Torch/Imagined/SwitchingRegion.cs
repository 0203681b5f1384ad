namespace U2CMigration.Prediction.Torch.Imagined;

/// <summary>Blocks of pages switch between busy and quiet by chance.</summary>
internal sealed class SwitchingRegion : ImaginedRegion
{
    private readonly int _block;
    private readonly double _on;
    private readonly double _off;
    private readonly double _rate;
    private readonly bool[] _busy;

    public SwitchingRegion(Random random, int pages)
        : base(random, pages)
    {
        _block = 1 << random.Next(8);
        _on = Between(0.01, 0.5);
        _off = Between(0.02, 0.7);
        _rate = Between(0.2, 1);
        _busy = new bool[(pages / _block) + 1];
    }

    /// <inheritdoc/>
    public override void Next()
    {
        for (int i = 0; i < _busy.Length; i++)
        {
            _busy[i] = _busy[i] ? Random.NextDouble() >= _off : Random.NextDouble() < _on;
        }
    }

    /// <inheritdoc/>
    public override bool IsWritten(int page) => _busy[page / _block] && Random.NextDouble() < _rate;
}
