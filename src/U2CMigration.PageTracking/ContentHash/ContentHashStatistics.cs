namespace U2CMigration.PageTracking.ContentHash;

/// <summary>What finding written pages by their content has cost so far.</summary>
/// <param name="HashedPages">Pages read and hashed in all collections.</param>
/// <param name="LastCollectDuration">How long the last collection took. It grows with the memory of the tree, not with what was written.</param>
public sealed record ContentHashStatistics(long HashedPages, TimeSpan LastCollectDuration);
