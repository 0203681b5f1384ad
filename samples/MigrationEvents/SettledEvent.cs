namespace MigrationEvents;

/// <summary>A migration in doubt, and how it ended.</summary>
/// <param name="MigrationId">The migration.</param>
/// <param name="Settlement"><c>Moved</c>: the workload runs on the destination, and the frozen copy is gone. <c>RolledBack</c>: it runs on the source.</param>
public sealed record SettledEvent(Guid MigrationId, string Settlement) : AgentEvent;
