namespace LiveMigration;

/// <summary>The options of the demo, checked.</summary>
public sealed record DemoOptions
{
    public required string Workload { get; init; }

    public required int MemoryMib { get; init; }

    /// <summary>Operations per second, 0 for as many as possible.</summary>
    public required double WriteRate { get; init; }

    public required int BandwidthMbit { get; init; }

    /// <summary>Dirty bytes per second over bandwidth; null to use <see cref="BandwidthMbit"/>.</summary>
    public double? Pressure { get; init; }

    /// <summary>Null for the library's default.</summary>
    public string? Strategy { get; init; }

    public required string Tracker { get; init; }

    public required string RestoreMode { get; init; }

    public bool Verify { get; init; }

    public int Repeat { get; init; } = 1;

    public string? JsonFile { get; init; }

    public required string TimelineFile { get; init; }

    public bool Keep { get; init; }

    public bool Verbose { get; init; }

    public required string Agent { get; init; }

    public required string Repository { get; init; }
}
