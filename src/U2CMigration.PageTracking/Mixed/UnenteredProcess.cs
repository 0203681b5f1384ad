namespace U2CMigration.PageTracking.Mixed;

/// <summary>A process that is not tracked by write-protection.</summary>
/// <param name="ProcessId">The process.</param>
/// <param name="TrackedBy">How it is tracked instead, as in <see cref="Trackers.IPageTracker.Name"/>.</param>
/// <param name="Reason">Why: a sentence or two.</param>
public sealed record UnenteredProcess(int ProcessId, string TrackedBy, string Reason);
