using System.Text.Json;

namespace PredictionEvaluation.Strategies;

/// <summary>One strategy in one scenario.</summary>
public sealed record StrategyRow
{
    /// <summary>How rows are written as JSON.</summary>
    public static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public required string Trace { get; init; }

    public required string Family { get; init; }

    /// <summary>Bytes dirtied per second to bandwidth; null where the bandwidth was given.</summary>
    public required double? Pressure { get; init; }

    public required double BandwidthMbit { get; init; }

    public required long MemoryBytes { get; init; }

    /// <summary>How far into the trace the migration began.</summary>
    public required double StartMs { get; init; }

    public required string Strategy { get; init; }

    public required int Rounds { get; init; }

    /// <summary>Whether the strategy stopped by itself, not by the limit of the duration.</summary>
    public required bool StoppedByStrategy { get; init; }

    public required double DurationMs { get; init; }

    public required double DowntimeMs { get; init; }

    public required double WireBytes { get; init; }

    /// <summary>The fewest bytes that anyone could send.</summary>
    public required double BoundWireBytes { get; init; }

    /// <summary>The shortest downtime that anyone could reach.</summary>
    public required double BoundDowntimeMs { get; init; }

    public required double RegretBytes { get; init; }

    public required double RegretDowntime { get; init; }
}
