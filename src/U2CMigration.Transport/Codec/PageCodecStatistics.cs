namespace U2CMigration.Transport.Codec;

/// <summary>What a codec has done so far.</summary>
/// <param name="Kinds">By kind of page; those that occurred.</param>
/// <param name="BaseBytes">The memory that bases take.</param>
/// <param name="EvictedBases">The bases that made room for others.</param>
public sealed record PageCodecStatistics(IReadOnlyList<PageKindStatistics> Kinds, long BaseBytes, long EvictedBases)
{
    /// <summary>The time spent on all pages.</summary>
    public TimeSpan EncodingTime => new(Kinds.Sum(static kind => kind.EncodingTime.Ticks));
}
