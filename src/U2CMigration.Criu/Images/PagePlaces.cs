namespace U2CMigration.Criu.Images;

/// <summary>Where the pages of a pagemap entry are.</summary>
[Flags]
public enum PagePlaces
{
    /// <summary>Nowhere yet: CRIU needs it in the pages file, see <see cref="PagemapRewriter.PlaceMissing"/>.</summary>
    None = 0,

    /// <summary>In the parent images.</summary>
    Parent = 1,

    /// <summary>May be served after the restore.</summary>
    Lazy = 2,

    /// <summary>In the pages file.</summary>
    Present = 4,
}
