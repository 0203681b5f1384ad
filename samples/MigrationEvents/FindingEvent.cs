namespace MigrationEvents;

/// <summary>Something of a workload that needs attention; part of a <see cref="CheckEvent"/> or <see cref="ResultEvent"/>.</summary>
public sealed record FindingEvent
{
    /// <summary>What kind of thing, for example <c>outsidePipe</c>.</summary>
    public required string Kind { get; init; }

    /// <summary><c>refused</c>, <c>givenUp</c> or <c>information</c>.</summary>
    public required string Severity { get; init; }

    public required int ProcessId { get; init; }

    public required string ProcessName { get; init; }

    public required string Thing { get; init; }

    public required string Reason { get; init; }

    public required string Remedy { get; init; }

    /// <summary>Empty when there is none.</summary>
    public string Option { get; init; } = "";
}
