namespace U2CMigration.PageTracking.SoftDirty;

/// <summary>What tracking a tree by soft-dirty bits has cost so far.</summary>
/// <param name="LongestStop">The longest time that a process was stopped while its bits were read and cleared.</param>
/// <param name="LastStop">The same in the last collection.</param>
/// <param name="UnclearedCollections">How often the bits of a process were left as they were, so that its pages are reported again: it could not be stopped, or a child ran in its memory.</param>
/// <param name="LastCollectDuration">How long the last collection took.</param>
public sealed record SoftDirtyStatistics(TimeSpan LongestStop, TimeSpan LastStop, long UnclearedCollections, TimeSpan LastCollectDuration);
