namespace MigrationEvents;

/// <summary>The workload was moved.</summary>
public sealed record ResultEvent : AgentEvent
{
    public required Guid MigrationId { get; init; }

    public required string Strategy { get; init; }

    public required string Tracker { get; init; }

    public required double DurationMs { get; init; }

    public required double DowntimeMs { get; init; }

    public required DowntimeEvent Downtime { get; init; }

    public required IReadOnlyList<RoundEvent> Rounds { get; init; }

    public required long WireBytes { get; init; }

    public required long RawBytes { get; init; }

    public required long MemoryBytes { get; init; }

    public IReadOnlyDictionary<string, long> FrozenOnlyBytes { get; init; } = new Dictionary<string, long>();

    /// <summary>Counted from the beginning of the migration.</summary>
    public required double FreezeStartMs { get; init; }

    /// <summary>Monotonic clock of the source, in ticks of <see cref="System.Diagnostics.Stopwatch"/>.</summary>
    public required long FreezeTimestamp { get; init; }

    /// <summary>Monotonic clock of the destination, in ticks of <see cref="System.Diagnostics.Stopwatch"/>.</summary>
    public required long ResumeTimestamp { get; init; }

    /// <summary>Null when no comparison was asked for.</summary>
    public long? PagesVerified { get; init; }

    public long? PagesMismatched { get; init; }

    /// <summary>Those that were compared before the commit as well.</summary>
    public long? PagesHeld { get; init; }

    /// <summary>Those that the restored processes had changed by the time of the comparison.</summary>
    public long? PagesChanged { get; init; }

    /// <summary>Null when the codec was off.</summary>
    public CodecEvent? Codec { get; init; }

    public FillEvent? Fill { get; init; }

    /// <summary>Null where no files travelled.</summary>
    public FilesEvent? Files { get; init; }

    /// <summary>The most memory that the sending program had.</summary>
    public long PeakMemoryBytes { get; init; }

    /// <summary>Connections that the workload had not accepted when it was frozen; they were reset.</summary>
    public IReadOnlyList<GivenUpEvent> ConnectionsGivenUp { get; init; } = [];

    /// <summary>What of the workload was given up, as the options allow.</summary>
    public IReadOnlyList<FindingEvent> GivenUp { get; init; } = [];

    public IReadOnlyList<string> Warnings { get; init; } = [];
}
