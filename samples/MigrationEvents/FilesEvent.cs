namespace MigrationEvents;

/// <summary>The files that travelled in step with the memory.</summary>
public sealed record FilesEvent
{
    public required int Rounds { get; init; }

    public required long Entries { get; init; }

    public required long Bytes { get; init; }

    public required long FrozenEntries { get; init; }

    public required long FrozenBytes { get; init; }

    /// <summary>What the downtime had of it before CRIU began.</summary>
    public required double FrozenMs { get; init; }

    /// <summary>Until the destination had everything.</summary>
    public required double TakenMs { get; init; }

    /// <summary>Null when no comparison was asked for.</summary>
    public long? ComparedEntries { get; init; }
}
