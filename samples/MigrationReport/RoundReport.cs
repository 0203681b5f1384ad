namespace MigrationReport;

/// <summary>What one round did.</summary>
public sealed record RoundReport
{
    public required int Index { get; init; }

    public required double DurationMs { get; init; }

    public required long DirtyPages { get; init; }

    public required long SentPages { get; init; }

    public required long HeldPages { get; init; }

    public required long WireBytes { get; init; }

    /// <summary>Counted from the attach.</summary>
    public double StartMs { get; init; }
}
