using MigrationEvents;

namespace LiveMigration.Moves;

/// <summary>A migration that was tried. Timestamps are of the monotonic clock of this machine.</summary>
/// <param name="Result">What the mover measured; null when the workload was not moved.</param>
/// <param name="Error">Why not.</param>
/// <param name="AttachTimestamp">When it began.</param>
/// <param name="ProcessId">The workload on the host where it runs now.</param>
/// <param name="DestinationPeakBytes">The most memory that the receiving program had beside the page store; 0 when it is not known.</param>
public sealed record Move(ResultEvent? Result, ErrorEvent? Error, long AttachTimestamp, int ProcessId, long DestinationPeakBytes = 0);
