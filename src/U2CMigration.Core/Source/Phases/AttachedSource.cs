using U2CMigration.PageTracking.Trackers;

namespace U2CMigration.Core.Source.Phases;

/// <summary>A source that knows what its workload writes, and has all at hand that a freeze needs.</summary>
/// <param name="Link">The way to the destination.</param>
/// <param name="Tracker">Finds what is written.</param>
/// <param name="Memory">The same, with shared memory.</param>
/// <param name="Sender">Sends pages.</param>
/// <param name="Tree">Freezes the tree.</param>
/// <param name="Rounds">The rounds while the workload runs.</param>
/// <param name="StrategyName">What plans them.</param>
internal sealed record AttachedSource(
    ConnectedSource Link, IPageTracker Tracker, TreeTracker Memory, PageSender Sender, FrozenTree Tree, PreCopyRounds Rounds, string StrategyName);
