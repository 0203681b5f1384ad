namespace U2CMigration.Core.Files;

/// <summary>What a round of files came to, and what is left for the next.</summary>
public sealed record SentFiles
{
    /// <summary>Entries that were made, changed or removed.</summary>
    public required long Entries { get; init; }

    /// <summary>Bytes that went to the other half, by whatever way.</summary>
    public required long Bytes { get; init; }

    /// <summary>The bytes that the next round will send, as far as that can be told: they count for the stop as pages do.</summary>
    /// <value>Default: 0.</value>
    public long PendingBytes { get; init; }

    /// <summary>What a frozen round takes beside sending them: to look at all entries, and to read what has to be read again.</summary>
    /// <value>Default: zero.</value>
    public TimeSpan FrozenTime { get; init; }

    /// <summary>What does not come along, a sentence each; they become warnings of the result.</summary>
    /// <value>Default: empty.</value>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>What would fail the frozen round as it is now, a sentence each; the workload is not frozen then, and the migration fails.</summary>
    /// <value>Default: empty.</value>
    public IReadOnlyList<string> Obstacles { get; init; } = [];
}
