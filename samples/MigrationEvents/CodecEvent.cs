namespace MigrationEvents;

/// <summary>What the page codec did.</summary>
public sealed record CodecEvent
{
    /// <summary>By kind of page: <c>zero</c>, <c>raw</c>, <c>unchanged</c>, <c>reference</c>, <c>compressed</c>, <c>delta</c>; those that occurred.</summary>
    public required IReadOnlyDictionary<string, CodecKindEvent> Kinds { get; init; }

    public required double EncodingMs { get; init; }

    /// <summary>The memory that bases took on the source.</summary>
    public required long BaseBytes { get; init; }

    /// <summary>The bases that made room for others.</summary>
    public required long EvictedBases { get; init; }
}
