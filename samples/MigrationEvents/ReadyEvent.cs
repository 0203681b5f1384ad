namespace MigrationEvents;

/// <summary>The receiver listens.</summary>
/// <param name="Endpoint">Where, as <c>ADDRESS:PORT</c>.</param>
public sealed record ReadyEvent(string Endpoint) : AgentEvent;
