using U2CMigration.Core.Committing;

namespace U2CMigration.Core.Source.Phases;

/// <summary>A source that has committed: from here on the destination says what becomes of the frozen workload.</summary>
/// <param name="Held">The source.</param>
/// <param name="Commit">What was written down.</param>
internal sealed record CommittedSource(HeldSource Held, SourceCommit Commit);
