namespace U2CMigration.Prediction.Contexts;

/// <summary>What can be known about a page at one sample, as far as the contexts look.</summary>
/// <remarks>Words have the newest sample in bit 0.</remarks>
internal ref struct PageView
{
    /// <summary>The page.</summary>
    public ulong Word;

    /// <summary>The page before it.</summary>
    public ulong Left;

    /// <summary>The page behind it.</summary>
    public ulong Right;

    /// <summary>How many bits say something.</summary>
    public int Samples;

    /// <summary>How far the nearest written page with a lower address is, see <see cref="WriteFronts"/>.</summary>
    public int Below;

    /// <summary>How far the nearest written page with a higher address is.</summary>
    public int Above;

    /// <summary>The share of the chunk written in the newest sample, and in the one before, in eight steps each.</summary>
    public int ChunkShares;

    /// <summary>The dirty pages of the whole container against the mean of the samples kept, for the newest sample and the one before, in eight steps each.</summary>
    public int ContainerShares;

    /// <summary>How many pages the container writes again, for the newest sample against the two before, in eight steps each.</summary>
    public int Repeats;

    /// <summary>When the container did the same.</summary>
    public SimilarMoments Moments;
}
