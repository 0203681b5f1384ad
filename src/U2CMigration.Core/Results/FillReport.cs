namespace U2CMigration.Core.Results;

/// <summary>How the destination put the pages into the resumed processes.</summary>
public sealed record FillReport
{
    /// <summary>From the resume until every page was installed.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>Pages installed before the processes resumed.</summary>
    public required long PreinstalledPages { get; init; }

    /// <summary>First touches that had to wait for their page.</summary>
    public required long FirstTouches { get; init; }

    /// <summary>The longest that a first touch waited once it was seen.</summary>
    public required TimeSpan LongestTouch { get; init; }
}
