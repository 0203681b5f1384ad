namespace MigrationEvents.Views;

/// <summary>What is known about one round while it runs.</summary>
public sealed class RoundState(int index, double startMs, long wireBefore)
{
    public int Index { get; } = index;

    public double StartMs { get; } = startMs;

    public double EndMs { get; set; } = startMs;

    public long Pages { get; set; }

    public long PagesSent { get; set; }

    public long WireBefore { get; } = wireBefore;

    public long WireBytes { get; set; }

    public double BytesPerSecond { get; set; }

    public double? ExpectedDowntimeMs { get; set; }

    /// <summary>True for the pages that are sent while the workload is frozen.</summary>
    public bool Frozen { get; init; }
}
