namespace LiveMigration;

/// <summary>The options of the demo, checked.</summary>
public sealed record DemoOptions
{
    public required SceneOptions Scene { get; init; }

    /// <summary>Null for the library's default.</summary>
    public string? Strategy { get; init; }

    public int Repeat { get; init; } = 1;

    public string? JsonFile { get; init; }

    public required string TimelineFile { get; init; }
}
