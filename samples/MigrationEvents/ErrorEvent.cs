namespace MigrationEvents;

/// <summary>The migration did not complete.</summary>
public sealed record ErrorEvent : AgentEvent
{
    public required string Message { get; init; }

    /// <summary>What became of the workload on the source: <c>Running</c>, <c>Frozen</c>, <c>Moved</c> or <c>Gone</c>.</summary>
    public required string Workload { get; init; }

    public required bool IsTransient { get; init; }

    public required string Phase { get; init; }
}
