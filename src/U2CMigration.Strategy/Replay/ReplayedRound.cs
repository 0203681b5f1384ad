namespace U2CMigration.Strategy.Replay;

/// <summary>A round of a replayed migration.</summary>
/// <param name="Start">When it began.</param>
/// <param name="Duration">How long it took.</param>
/// <param name="OwedPages">The pages owed when it began.</param>
/// <param name="SentPages">The pages sent.</param>
/// <param name="WireBytes">What they cost on the wire.</param>
public readonly record struct ReplayedRound(TimeSpan Start, TimeSpan Duration, long OwedPages, long SentPages, double WireBytes);
