namespace MigrationEvents;

/// <summary>The pages that travelled in one way.</summary>
public sealed record CodecKindEvent
{
    public required long Pages { get; init; }

    public required long RawBytes { get; init; }

    public required long WireBytes { get; init; }

    public required double EncodingMs { get; init; }
}
