namespace U2CMigration.Prediction.Torch.Imagined;

/// <summary>A part of an imagined container whose pages are written by one rule with parameters drawn at random.</summary>
internal abstract class ImaginedRegion(Random random, int pages)
{
    private static readonly Func<Random, int, ImaginedRegion>[] Kinds =
    [
        static (random, pages) => new RatedRegion(random, pages),
        static (random, pages) => new SwitchingRegion(random, pages),
        static (random, pages) => new PeriodicRegion(random, pages),
        static (random, pages) => new FrontRegion(random, pages),
        static (random, pages) => new BurstRegion(random, pages),
    ];

    /// <summary>How many pages it has.</summary>
    public int Pages { get; } = pages;

    /// <summary>The source of chance.</summary>
    protected Random Random { get; } = random;

    /// <summary>A region of any kind.</summary>
    public static ImaginedRegion Any(Random random, int pages) => Kinds[random.Next(Kinds.Length)](random, pages);

    /// <summary>Begins the next sample.</summary>
    public virtual void Next()
    {
    }

    /// <summary>Whether a page is written in this sample.</summary>
    public abstract bool IsWritten(int page);

    /// <summary>A number between two others, the small ones as likely as the large ones by order of magnitude.</summary>
    protected double Between(double low, double high) => low * Math.Pow(high / low, Random.NextDouble());
}
