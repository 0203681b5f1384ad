using U2CMigration.PageTracking.Pages;

namespace U2CMigration.PageTracking.Recorded;

/// <summary>What one collection of a recorded tracker reports.</summary>
/// <param name="Dirty">The pages written since the round before; in the first round, all pages.</param>
/// <param name="Resident">The pages that must exist at the destination after this round; null for every page seen so far.</param>
public sealed record RecordedRound(PageSet Dirty, PageSet? Resident);
