namespace U2CMigration.Core.PageStores;

/// <summary>What a page store holds and has done, at one moment.</summary>
/// <param name="HeldPages">The pages held, zero pages among them.</param>
/// <param name="ZeroPages">The zero pages among them; they take no memory.</param>
/// <param name="StoredBytes">The memory taken by pages.</param>
/// <param name="Writes">The pages written since the store was made, each version counted.</param>
public readonly record struct PageStoreStatistics(long HeldPages, long ZeroPages, long StoredBytes, long Writes);
