namespace U2CMigration.Prediction.Histories;

/// <summary>Where a chunk belongs.</summary>
/// <param name="ProcessId">The process; 0 for a chunk that is not in use.</param>
/// <param name="Start">The address of its first page.</param>
/// <param name="Since">The number of the first sample that says something about its pages.</param>
internal readonly record struct ChunkHome(int ProcessId, ulong Start, long Since);
