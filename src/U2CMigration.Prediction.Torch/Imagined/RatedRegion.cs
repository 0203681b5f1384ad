namespace U2CMigration.Prediction.Torch.Imagined;

/// <summary>Each page has a rate of its own and is written independently of all else, as keys of a store are; the rates fall by a power law.</summary>
internal sealed class RatedRegion : ImaginedRegion
{
    private readonly double[] _rates;

    public RatedRegion(Random random, int pages)
        : base(random, pages)
    {
        double scale = Between(0.05, 3);
        double power = random.NextDouble() * 1.2;
        int[] ranks = [.. Enumerable.Range(0, pages)];
        if (random.Next(3) > 0)
        {
            random.Shuffle(ranks);
        }

        _rates = [.. ranks.Select(rank => 1 - Math.Exp(-scale * Math.Pow((rank + 1.0) / pages * 10, -power)))];
    }

    /// <inheritdoc/>
    public override bool IsWritten(int page) => Random.NextDouble() < _rates[page];
}
