namespace MigrationEvents;

/// <summary>Whether a workload could be moved.</summary>
public sealed record CheckEvent : AgentEvent
{
    public required bool IsRefused { get; init; }

    public required IReadOnlyList<FindingEvent> Findings { get; init; }

    /// <summary>What else stands in the way, on this host or at the destination.</summary>
    public required IReadOnlyList<string> Problems { get; init; }

    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>How long looking through the workload took.</summary>
    public double InventoryMs { get; init; }

    public required bool IsDestinationAsked { get; init; }
}
