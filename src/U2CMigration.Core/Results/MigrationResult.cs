using U2CMigration.Core.Inventory;
using U2CMigration.Transport.Codec;

namespace U2CMigration.Core.Results;

/// <summary>A completed migration.</summary>
public sealed record MigrationResult
{
    /// <summary>The identity of the migration, the same on both hosts.</summary>
    public required Guid MigrationId { get; init; }

    /// <summary>The strategy that decided.</summary>
    public required string Strategy { get; init; }

    /// <summary>The tracker that found the dirty pages.</summary>
    public required string Tracker { get; init; }

    /// <summary>From attaching the tracker until the workload ran on the destination and the source was released.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>
    /// From the moment at which the freeze was asked for to the first instruction on the destination, on the source's clock: when the destination's word came, less the time that passed at the
    /// destination between that instruction and its word (the address is announced in that time). Too long by the way of that message, half a round trip; too short by nothing.
    /// </summary>
    public required TimeSpan Downtime { get; init; }

    /// <summary>What the downtime was spent on.</summary>
    public required DowntimeBreakdown DowntimeBreakdown { get; init; }

    /// <summary>Every round, the stop-and-copy round last.</summary>
    public required IReadOnlyList<RoundReport> Rounds { get; init; }

    /// <summary>The bytes written to the wire.</summary>
    public required long WireBytes { get; init; }

    /// <summary>The bytes of all pages sent, before zero pages were left out.</summary>
    public required long RawBytes { get; init; }

    /// <summary>What the page codec did, or null when it was off.</summary>
    public required PageCodecStatistics? Codec { get; init; }

    /// <summary>The resident bytes of the workload when it was frozen.</summary>
    public required long MemoryBytes { get; init; }

    /// <summary>The bytes of memory that could only travel while the workload was frozen (shared, memfd, huge pages; what a tracker does not know of private memory), by kind.</summary>
    public required IReadOnlyDictionary<string, long> FrozenOnlyBytes { get; init; }

    /// <summary>When the freeze began, counted from the beginning of the migration.</summary>
    public required TimeSpan FreezeStart { get; init; }

    /// <summary>The monotonic timestamp (<see cref="System.Diagnostics.Stopwatch.GetTimestamp"/>) at which the freeze was asked for, on the source.</summary>
    public required long FreezeTimestamp { get; init; }

    /// <summary>The monotonic timestamp at which the workload resumed, on the destination's clock; comparable with <see cref="FreezeTimestamp"/> only on one machine.</summary>
    public required long ResumeTimestamp { get; init; }

    /// <summary>The comparison with the destination, or null when it was not asked for.</summary>
    public required VerificationReport? Verification { get; init; }

    /// <summary>How the pages were put in place, or null when the destination did not tell in time or restored from flat images.</summary>
    public required FillReport? Fill { get; init; }

    /// <summary>The files that travelled in step with the memory, or null where none did.</summary>
    public FilesReport? Files { get; init; }

    /// <summary>
    /// Connections that the workload had not accepted when it was frozen, by the address that they were made to. They cannot move along, and were ended with a reset, so that the clients can try
    /// again. Empty for none.
    /// </summary>
    public IReadOnlyList<GivenUpConnections> ConnectionsGivenUp { get; init; } = [];

    /// <summary>What of the workload was given up because the options allow it, each thing by name; see <c>MigrationSessionOptions.GivesUp</c>.</summary>
    public required IReadOnlyList<InventoryFinding> GivenUp { get; init; }

    /// <summary>Things worth knowing that did not stop the migration.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }
}
