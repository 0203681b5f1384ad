namespace U2CMigration.Prediction.Traces;

/// <summary>What a trace is of, and how it was made.</summary>
public sealed record TraceHeader
{
    /// <summary>The kind of program, the unit that is left out when a model is tested on what it has not seen: redis, memcached, cg, train, sort, idle...</summary>
    public required string Family { get; init; }

    /// <summary>What the program was doing, for example <c>ycsb-a</c>.</summary>
    public required string Workload { get; init; }

    /// <summary>How hard: <c>light</c>, <c>medium</c>, <c>saturating</c>, or another word.</summary>
    public required string Load { get; init; }

    /// <summary>The time between two samples that was aimed at; each sample has the true one.</summary>
    public required TimeSpan Interval { get; init; }

    /// <summary>When it was recorded.</summary>
    public required DateTimeOffset RecordedAt { get; init; }

    /// <summary>The release of the kernel, or <c>none</c> for a synthetic trace.</summary>
    public required string Kernel { get; init; }

    /// <summary>The name of the tracker that found the dirty pages, or <c>synthetic</c>.</summary>
    public required string Tracker { get; init; }

    /// <summary>What a reader should know.</summary>
    /// <value>Empty by default.</value>
    public string Description { get; init; } = "";

    /// <summary>The command line that made it.</summary>
    /// <value>Empty by default.</value>
    public string Command { get; init; } = "";

    /// <summary>For a synthetic trace, the law that pages are written by; null where it is not known.</summary>
    public string? KnownModel { get; init; }
}
