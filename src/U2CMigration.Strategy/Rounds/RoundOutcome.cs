namespace U2CMigration.Strategy.Rounds;

/// <summary>A round that is over.</summary>
/// <param name="PendingPages">The pages that were pending when it began.</param>
/// <param name="SentPages">The pages sent in it.</param>
/// <param name="Duration">From its first page to the destination's acknowledgement of the last.</param>
public readonly record struct RoundOutcome(long PendingPages, long SentPages, TimeSpan Duration);
