namespace LiveMigration.Client;

/// <summary>A line on the client's standard input.</summary>
public sealed record ClientRequest
{
    /// <summary><c>start</c>, <c>measure</c>, <c>verify</c>, <c>finish</c> (of a service: ends its load and compares all it has) or <c>stop</c>.</summary>
    public required string Do { get; init; }

    /// <summary>For <c>measure</c>: monotonic timestamps of the attach, the freeze and the resume.</summary>
    public long Attach { get; init; }

    public long Freeze { get; init; }

    public long Resume { get; init; }
}
