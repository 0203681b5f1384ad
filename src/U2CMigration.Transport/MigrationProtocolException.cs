namespace U2CMigration.Transport;

/// <summary>The other host sent something that the protocol does not allow; see <c>docs/protocol.md</c>.</summary>
/// <remarks>The connection cannot be used any more, and trying again with the same peer gives the same result.</remarks>
public sealed class MigrationProtocolException : Exception
{
    internal MigrationProtocolException(string expected, string got, string? advice = null)
        : base(advice is null ? $"Expected {expected}, got {got}." : $"Expected {expected}, got {got}. {advice}")
    {
        Expected = expected;
        Got = got;
    }

    /// <summary>What the protocol allows at that place.</summary>
    public string Expected { get; }

    /// <summary>What was received.</summary>
    public string Got { get; }
}
