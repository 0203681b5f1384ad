namespace U2CMigration.Strategy.Replay;

/// <summary>How a replayed migration went.</summary>
public sealed record ReplayResult
{
    /// <summary>The rounds that were sent while the workload ran.</summary>
    public required IReadOnlyList<ReplayedRound> Rounds { get; init; }

    /// <summary>Whether the strategy decided to stop; otherwise a limit did.</summary>
    public required bool StoppedByStrategy { get; init; }

    /// <summary>When the workload was stopped.</summary>
    public required TimeSpan Freeze { get; init; }

    /// <summary>The pages copied while it was stopped.</summary>
    public required long FrozenPages { get; init; }

    /// <summary>How long it was stopped: the fixed part and the copying.</summary>
    public required TimeSpan Downtime { get; init; }

    /// <summary>All that went over the wire, bytes.</summary>
    public required double WireBytes { get; init; }

    /// <summary>From the beginning until the workload runs on the other host.</summary>
    public TimeSpan Duration => Freeze + Downtime;
}
