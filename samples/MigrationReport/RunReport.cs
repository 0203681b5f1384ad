using MigrationEvents;

namespace MigrationReport;

/// <summary>Everything measured in one migration. The names in JSON are stable: people, CI and benchmarks read them.</summary>
public sealed record RunReport
{
    /// <summary>The outcome of a migration after which the workload runs on the destination.</summary>
    public const string Completed = "completed";

    public required string Strategy { get; init; }

    public required string Tracker { get; init; }

    public required string Workload { get; init; }

    public required long MemoryBytes { get; init; }

    /// <summary>The size that the workload was asked to have; what it had is <see cref="MemoryBytes"/>.</summary>
    public long MemoryMib { get; init; }

    /// <summary>The limit of the link, 0 for none.</summary>
    public required double BandwidthMbit { get; init; }

    public required string Kernel { get; init; }

    public required string CriuVersion { get; init; }

    /// <summary>The pages sent while the workload was frozen are the last round.</summary>
    public required IReadOnlyList<RoundReport> Rounds { get; init; }

    /// <summary>Attach -> source released and destination running.</summary>
    public required double DurationMs { get; init; }

    /// <summary>Freeze on the source -> resume on the destination.</summary>
    public required double DowntimeMs { get; init; }

    /// <summary>The longest silence on the client's connection, from the attach until two seconds after the resume.</summary>
    public required double ClientGapMs { get; init; }

    public required long WireBytes { get; init; }

    public required long RawBytes { get; init; }

    /// <summary>0 when no comparison was asked for.</summary>
    public required long PagesVerified { get; init; }

    public required long PagesMismatched { get; init; }

    /// <summary>Acknowledged writes that the destination does not have; null when the client could not read them back.</summary>
    public required long? LostWrites { get; init; }

    public required bool ConnectionSurvived { get; init; }

    /// <summary>Client throughput from attach to freeze against the two seconds before the attach.</summary>
    public required double ThroughputLossPercent { get; init; }

    /// <summary>Resume -> every page installed; 0 when all were there at the resume.</summary>
    public required double FillMs { get; init; }

    /// <summary>Client throughput in the two seconds after the resume against the two seconds before the attach.</summary>
    public required double ThroughputAfterPercent { get; init; }

    /// <summary><see cref="Completed"/>, <c>failed</c> (the workload runs on the source) or <c>in-doubt</c>.</summary>
    public required string Outcome { get; init; }

    /// <summary>The end of the longest silence minus the resume: what the client still waited after it.</summary>
    public double SilenceAfterResumeMs { get; init; }

    public string From { get; init; } = "";

    public string To { get; init; } = "";

    public double WriteRate { get; init; }

    /// <summary>Distinct bytes written per second before the migration; 0 when it was not measured.</summary>
    public double DirtyBytesPerSecond { get; init; }

    /// <summary>Counted from the attach.</summary>
    public double FreezeStartMs { get; init; }

    /// <summary>The pressure that the link was set for; 0 when its bandwidth was given.</summary>
    public double Pressure { get; init; }

    /// <summary>The most memory that the sending program had; 0 when it is not known.</summary>
    public long SourcePeakBytes { get; init; }

    /// <summary>The most memory that the receiving program had beside the page store; 0 when it is not known.</summary>
    public long DestinationPeakBytes { get; init; }

    /// <summary>The downtime of a process of 1 MB moved by CRIU alone between the same hosts; 0 when it was not measured.</summary>
    public double FloorMs { get; init; }

    public DowntimeEvent? DowntimeParts { get; init; }

    /// <summary>What the page codec did; null when it was off.</summary>
    public CodecEvent? Codec { get; init; }

    public FillEvent? Fill { get; init; }

    public IReadOnlyDictionary<string, long> FrozenOnlyBytes { get; init; } = new Dictionary<string, long>();

    public IReadOnlyList<string> Warnings { get; init; } = [];

    public string? Error { get; init; }

    public IReadOnlyList<ClientWindow> ClientWindows { get; init; } = [];

    /// <summary>Whether everything holds that the migration promises.</summary>
    public bool IsSound() => Outcome == Completed && LostWrites == 0 && ConnectionSurvived && PagesMismatched == 0;
}
