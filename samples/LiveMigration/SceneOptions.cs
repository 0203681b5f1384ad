using LiveMigration.Rig;
using LiveMigration.Workloads;

namespace LiveMigration;

/// <summary>What is set up for migrations: the workload, its client and the link. Checked.</summary>
public sealed record SceneOptions
{
    public required KnownWorkload Workload { get; init; }

    public required int MemoryMib { get; init; }

    /// <summary>The runtime of the container in which it runs; null where it runs in none.</summary>
    public string? Container { get; init; }

    /// <summary>What was asked for; null for what the workload usually gets.</summary>
    public int? AskedRate { get; init; }

    /// <summary>Operations per second, 0 for as many as possible.</summary>
    public int WriteRate => AskedRate ?? Workload.UsualRate;

    public required int BandwidthMbit { get; init; }

    /// <summary>Dirty bytes per second over bandwidth; null to use <see cref="BandwidthMbit"/>.</summary>
    public double? Pressure { get; init; }

    public RigKind Rig { get; init; } = RigKind.Namespaces;

    public required string Tracker { get; init; }

    public required string Codec { get; init; }

    public required string RestoreMode { get; init; }

    /// <summary>The longest time for the rounds before the workload is stopped, seconds.</summary>
    public int MaxDurationSeconds { get; init; } = 60;

    /// <summary>How often the floor of CRIU is measured first; 0 for not at all.</summary>
    public int FloorMoves { get; init; }

    /// <summary>Whether it is measured first how fast the workload dirties memory; a pressure needs that anyway.</summary>
    public bool MeasuresDirtyRate { get; init; }

    public bool Verify { get; init; }

    /// <summary>Whether each migration has a secret, which encrypts it.</summary>
    public bool Encrypted { get; init; }

    /// <summary>Whether both agents are held up now and then until the workload is frozen.</summary>
    public bool Stalls { get; init; }

    public bool Verbose { get; init; }

    /// <summary>Whether the rig is left standing.</summary>
    public bool Keep { get; init; }

    public required string Agent { get; init; }

    public required string Repository { get; init; }

    /// <summary>The files of a service, where both hosts see them; removed in the end.</summary>
    public string ServiceDirectory => Path.Combine(Repository, "artifacts", "services", $"demo-{Environment.ProcessId}");
}
