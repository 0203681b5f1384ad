namespace MigrationEvents;

/// <summary>A container of the host, as <c>list</c> finds it.</summary>
public sealed record ContainerEvent : AgentEvent
{
    public required string Runtime { get; init; }

    public required string Name { get; init; }

    /// <summary>What its runtime calls its state.</summary>
    public required string Status { get; init; }

    /// <summary>Its first process; 0 where it has ended.</summary>
    public required int ProcessId { get; init; }

    public required bool CanMove { get; init; }

    /// <summary>Why it cannot be moved as it is, with the remedies; empty where it can.</summary>
    public IReadOnlyList<string> Problems { get; init; } = [];
}
