namespace MigrationEvents;

/// <summary>How fast a process tree writes new pages.</summary>
/// <param name="BytesPerSecond">Distinct pages written per interval, as bytes per second.</param>
/// <param name="ResidentBytes">The memory that a migration would have to send.</param>
public sealed record DirtyRateEvent(double BytesPerSecond, long ResidentBytes) : AgentEvent;
