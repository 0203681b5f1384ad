using U2CMigration.PageTracking.Pages;
using U2CMigration.Strategy.Rounds;

namespace U2CMigration.Strategy.Replay;

/// <summary>What a migration is replayed under.</summary>
public sealed record ReplayConditions
{
    /// <summary>What the link carries, bytes per second; above 0.</summary>
    public required double BandwidthBytesPerSecond { get; init; }

    /// <summary>The part of the downtime that does not depend on what remains to be copied.</summary>
    /// <value>Default: 100 ms, as the engine assumes.</value>
    public TimeSpan FixedDowntime { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>What pages cost under strategies that use the codec. Under the others each costs <see cref="WireCosts.Raw"/>.</summary>
    /// <value>
    /// Default: new pages as they are, pages sent again an eighth: on a busy Redis, differences to the version before leave 5 to 16 % of a page. Neither may be
    /// above what a page costs raw.
    /// </value>
    public WireCosts CodecCosts { get; init; } = new(PageSize.Bytes, PageSize.Bytes / 8.0);

    /// <summary>The shortest time between two looks at the dirty pages: what a look itself takes when there is nothing to send meanwhile.</summary>
    /// <value>Default: 2 ms.</value>
    public TimeSpan ShortestRound { get; init; } = TimeSpan.FromMilliseconds(2);

    /// <summary>The most rounds.</summary>
    /// <value>Default: no limit but <see cref="MaxDuration"/>.</value>
    public int MaxRounds { get; init; } = int.MaxValue;

    /// <summary>No further round is begun behind this.</summary>
    /// <value>Default: 10 minutes.</value>
    public TimeSpan MaxDuration { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The most time that a strategy may watch the workload before the first round.</summary>
    /// <value>Default: 3 s.</value>
    public TimeSpan MaxObservation { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>What pages cost under a strategy.</summary>
    /// <param name="usesCodec">Whether it uses the codec.</param>
    public WireCosts CostsOf(bool usesCodec) => usesCodec ? CodecCosts : WireCosts.Raw;
}
