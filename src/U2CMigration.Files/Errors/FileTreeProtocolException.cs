namespace U2CMigration.Files;

/// <summary>A stream of files has something that the format does not allow, or more than the limits do, or arrived damaged; see <c>docs/files.md</c>.</summary>
/// <remarks>Nothing outside the targets was touched; what was written into them so far stays until <see cref="FileTreeDestination.DiscardAsync"/>.</remarks>
public sealed class FileTreeProtocolException : Exception
{
    internal FileTreeProtocolException(string expected, string got, string? advice = null)
        : base(advice is null ? $"Expected {expected}, got {got}." : $"Expected {expected}, got {got}. {advice}")
    {
        Expected = expected;
        Got = got;
    }

    /// <summary>What the format allows at that place.</summary>
    public string Expected { get; }

    /// <summary>What was received.</summary>
    public string Got { get; }
}
