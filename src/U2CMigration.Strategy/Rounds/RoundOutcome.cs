namespace U2CMigration.Strategy.Rounds;

/// <summary>A round that is over.</summary>
/// <param name="OwedPages">The pages that were owed when it began.</param>
/// <param name="DirtyPages">The pages that were found written when it began.</param>
/// <param name="SentPages">The pages sent in it.</param>
/// <param name="Duration">How long it took; of a round sent to its end, until the destination acknowledged the last page.</param>
public readonly record struct RoundOutcome(long OwedPages, long DirtyPages, long SentPages, TimeSpan Duration);
