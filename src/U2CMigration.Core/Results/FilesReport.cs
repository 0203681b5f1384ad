namespace U2CMigration.Core.Results;

/// <summary>The files that travelled in step with the memory.</summary>
public sealed record FilesReport
{
    /// <summary>The rounds, the one in the freeze among them.</summary>
    public required int Rounds { get; init; }

    /// <summary>Entries that were made, changed or removed in all rounds.</summary>
    public required long Entries { get; init; }

    /// <summary>Bytes of all rounds.</summary>
    public required long Bytes { get; init; }

    /// <summary>Entries of the round in the freeze.</summary>
    public required long FrozenEntries { get; init; }

    /// <summary>Bytes of the round in the freeze.</summary>
    public required long FrozenBytes { get; init; }

    /// <summary>How long CRIU had to wait for that round: until everything was read on the source. It is a part of <see cref="DowntimeBreakdown.DumpAndTail"/>.</summary>
    public required TimeSpan FrozenDuration { get; init; }

    /// <summary>From its beginning to the destination's word that everything is in its place, comparison included; beside CRIU's dump.</summary>
    public required TimeSpan TakenDuration { get; init; }

    /// <summary>Entries that were compared on both hosts, contents included, before the commit; null when that was not asked for.</summary>
    public long? ComparedEntries { get; init; }
}
