namespace U2CMigration.Criu.Options;

/// <summary>How CRIU's own page server stores what it is sent.</summary>
public sealed record CriuPageServerOptions : CriuTaskOptions
{
    /// <summary>Creates options with CRIU's defaults.</summary>
    public CriuPageServerOptions()
        : base("page-server.log")
    {
    }

    /// <summary>The address to listen on.</summary>
    /// <value>Default: empty, every address of the network namespace.</value>
    public string Address { get; init; } = string.Empty;

    /// <summary>The TCP port to listen on.</summary>
    /// <value>Default: 0, any free one. Range: 0 to 65535.</value>
    public int Port { get; init; }

    /// <summary>The images of the round before, relative to the images directory.</summary>
    /// <value>Default: empty, there was none.</value>
    public string ParentImages { get; init; } = string.Empty;

    private protected override void Validate(OptionProblems problems) =>
        problems.AddIf(Port is < 0 or > 65535, $"{nameof(Port)} is {Port}; the range is 0 to 65535");
}
