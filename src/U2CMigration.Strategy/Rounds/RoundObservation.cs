namespace U2CMigration.Strategy.Rounds;

/// <summary>What a strategy knows when it decides on the next round.</summary>
public readonly record struct RoundObservation
{
    /// <summary>The number of the round that would be sent next; 0 is the first, which carries all of memory.</summary>
    public required int Round { get; init; }

    /// <summary>The pages whose newest version the destination does not have.</summary>
    public required long PendingPages { get; init; }

    /// <summary>The resident pages of the whole tree.</summary>
    public required long ResidentPages { get; init; }

    /// <summary>The bytes that the destination acknowledged per second in the last round that was long enough to tell; 0 while unknown.</summary>
    public required double BandwidthBytesPerSecond { get; init; }

    /// <summary>The time since the first page was sent.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>The pages sent in the round before, or null before the first round.</summary>
    public required RoundOutcome? Previous { get; init; }

    /// <summary>The time that freeze, state dump and restore take whatever remains to be copied, as far as known.</summary>
    public required TimeSpan FixedDowntime { get; init; }
}
