namespace MigrationEvents;

/// <summary>What one round did; part of a <see cref="ResultEvent"/>.</summary>
public sealed record RoundEvent
{
    public required int Index { get; init; }

    /// <summary>Counted from the beginning of the migration.</summary>
    public required double StartMs { get; init; }

    public required double DurationMs { get; init; }

    public required long DirtyPages { get; init; }

    public required long SentPages { get; init; }

    public required long HeldPages { get; init; }

    public required long WireBytes { get; init; }
}
