namespace MigrationEvents;

/// <summary>A workload arrived and runs here.</summary>
public sealed record ArrivedEvent : AgentEvent
{
    public required Guid MigrationId { get; init; }

    public required int ProcessId { get; init; }

    public required string RestoreMode { get; init; }

    public FillEvent? Fill { get; init; }

    /// <summary>What did not succeed although it runs, a sentence each.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>The most memory that the receiving program had beside the page store.</summary>
    public long PeakMemoryBytes { get; init; }
}
