namespace U2CMigration.Criu.PageServer;

/// <summary>How a page server session behaves.</summary>
public sealed record PageServerOptions
{
    /// <summary>The header layout of the peer; see <see cref="PageServerHeader.LayoutOf"/>.</summary>
    /// <value>Default: null, found out from the first message.</value>
    public PageServerLayout? Layout { get; init; }

    /// <summary>The memory that pages are received into, and the most pages a question is answered with at once, in bytes.</summary>
    /// <value>Default: 1 MiB. Range: one page to 64 MiB.</value>
    public int BufferBytes { get; init; } = 1 << 20;

    internal void Validate()
    {
        var problems = new Options.OptionProblems();
        problems.AddIf(Layout is { } layout && !Enum.IsDefined(layout), $"{nameof(Layout)} is {(int?)Layout}, which is none of its values");
        problems.AddIf(
            BufferBytes < Environment.SystemPageSize || BufferBytes > 64 << 20,
            $"{nameof(BufferBytes)} is {BufferBytes}; the range is {Environment.SystemPageSize} to {64 << 20}");
        problems.ThrowIfAny(nameof(PageServerOptions));
    }
}
