namespace U2CMigration.Core.Results;

/// <summary>What one round did. The last one is the stop-and-copy round, sent while the workload was frozen.</summary>
public sealed record RoundReport
{
    /// <summary>The number of the round, from 0.</summary>
    public required int Index { get; init; }

    /// <summary>From the look at the dirty pages to the destination's acknowledgement.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>The pages found dirty when the round began; all resident pages in round 0.</summary>
    public required long DirtyPages { get; init; }

    /// <summary>The pages sent.</summary>
    public required long SentPages { get; init; }

    /// <summary>The dirty pages held back for a later round.</summary>
    public required long HeldPages { get; init; }

    /// <summary>The bytes written to the wire.</summary>
    public required long WireBytes { get; init; }

    /// <summary>When the round began, counted from the beginning of the migration.</summary>
    public required TimeSpan Start { get; init; }
}
