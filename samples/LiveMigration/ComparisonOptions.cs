using LiveMigration.Workloads;

namespace LiveMigration;

/// <summary>The options of a comparison, checked. Every combination is run.</summary>
public sealed record ComparisonOptions
{
    /// <summary>What is the same in all runs; its workload, memory, link and pressure are replaced by those of the lists.</summary>
    public required SceneOptions Scene { get; init; }

    public required IReadOnlyList<KnownWorkload> Workloads { get; init; }

    public required IReadOnlyList<int> MemoryMib { get; init; }

    public required IReadOnlyList<int> BandwidthMbit { get; init; }

    /// <summary>Takes the place of the bandwidths when not empty.</summary>
    public required IReadOnlyList<double> Pressures { get; init; }

    public required IReadOnlyList<string> Strategies { get; init; }

    public required int Repeat { get; init; }

    /// <summary>Where the plots go.</summary>
    public required string PlotDirectory { get; init; }

    public string? JsonFile { get; init; }
}
