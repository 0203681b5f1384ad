namespace MigrationEvents;

/// <summary>How the destination put the pages in place after the resume.</summary>
public sealed record FillEvent
{
    public required double DurationMs { get; init; }

    public required long PreinstalledPages { get; init; }

    public required long FirstTouches { get; init; }

    public required double LongestTouchMs { get; init; }
}
