namespace MigrationEvents;

/// <summary>A migration whose program ended after the commit, so that its workload is frozen here.</summary>
/// <param name="MigrationId">The migration.</param>
/// <param name="ProcessId">The root of the frozen tree.</param>
/// <param name="Destination">Where it was to go, HOST:PORT.</param>
/// <param name="IsOriginalThere">Whether the frozen tree is there.</param>
public sealed record InterruptedEvent(Guid MigrationId, int ProcessId, string Destination, bool IsOriginalThere) : AgentEvent;
