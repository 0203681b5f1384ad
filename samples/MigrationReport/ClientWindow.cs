namespace MigrationReport;

/// <summary>What the client saw in one span of time.</summary>
public sealed record ClientWindow
{
    /// <summary>Counted from the attach; negative before it.</summary>
    public required double StartMs { get; init; }

    public required double LengthMs { get; init; }

    public required double Operations { get; init; }

    public required double MeanLatencyMs { get; init; }

    public required double MaxLatencyMs { get; init; }
}
