using U2CMigration.PageTracking.Pages;
using U2CMigration.Prediction.Histories;

namespace U2CMigration.Strategy.Rounds;

/// <summary>What a strategy knows when it plans the next round.</summary>
/// <remarks>The sets belong to the engine and change behind the call.</remarks>
public sealed record RoundObservation
{
    /// <summary>The number of the round that would be sent next; in round 0 nothing has been sent yet.</summary>
    public required int Round { get; init; }

    /// <summary>The pages whose newest version the destination does not have: dirtied since they were sent, or never sent.</summary>
    public required PageSet Owed { get; init; }

    /// <summary>The pages written since the round before was planned; in round 0 all resident pages.</summary>
    public required PageSet Dirty { get; init; }

    /// <summary>The pages of which the destination has some version: what is sent of them again can travel as a difference.</summary>
    public required PageSet Delivered { get; init; }

    /// <summary>The pages that were not owed before <see cref="Dirty"/> was found, and are now.</summary>
    public required long ArrivedPages { get; init; }

    /// <summary>The time in which <see cref="Dirty"/> was written.</summary>
    public required TimeSpan Interval { get; init; }

    /// <summary>How long the last look at the dirty pages took: processor time that the workload may lack.</summary>
    public TimeSpan LookTime { get; init; }

    /// <summary>How long it took to learn from the last sample, of which there is at most one per <see cref="Strategies.StrategyTraits.ShortestSample"/>.</summary>
    public TimeSpan LearnTime { get; init; }

    /// <summary>The resident pages of the whole tree when it was first looked at.</summary>
    public required long ResidentPages { get; init; }

    /// <summary>The bytes that the destination acknowledges per second; 0 while unknown.</summary>
    public required double BandwidthBytesPerSecond { get; init; }

    /// <summary>What a page costs on the wire.</summary>
    public required WireCosts Costs { get; init; }

    /// <summary>The time since the migration began.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>What became of the round before, or null before the first round.</summary>
    public required RoundOutcome? Previous { get; init; }

    /// <summary>The time that freeze, state dump and restore take whatever remains to be copied, as far as known.</summary>
    public required TimeSpan FixedDowntime { get; init; }

    /// <summary>What every page did in the samples so far.</summary>
    public required PageHistories Histories { get; init; }

    /// <summary>How long copying everything owed would take now; zero while the bandwidth is unknown.</summary>
    public TimeSpan CopyTime => BandwidthBytesPerSecond > 0 ? TimeSpan.FromSeconds(OwedBytes / BandwidthBytesPerSecond) : TimeSpan.Zero;

    /// <summary>What everything owed would cost on the wire now, bytes.</summary>
    public double OwedBytes
    {
        get
        {
            long again = Costs.AgainBytes < Costs.NewBytes ? Owed.CountCommon(Delivered) : 0;
            return ((Owed.PageCount - again) * Costs.NewBytes) + (again * Costs.AgainBytes);
        }
    }
}
