namespace MigrationEvents;

/// <summary>How far a sending agent is.</summary>
public sealed record ProgressEvent : AgentEvent
{
    public required string Phase { get; init; }

    public int Round { get; init; }

    public long RoundPages { get; init; }

    public long RoundPagesSent { get; init; }

    public long MemoryPages { get; init; }

    public long PendingPages { get; init; }

    public long FileEntries { get; init; }

    public long FileBytes { get; init; }

    public long WireBytes { get; init; }

    public double BytesPerSecond { get; init; }

    /// <summary>Null while unknown.</summary>
    public double? ExpectedDowntimeMs { get; init; }

    public double ElapsedMs { get; init; }
}
