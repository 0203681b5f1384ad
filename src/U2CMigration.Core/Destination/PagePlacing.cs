namespace U2CMigration.Core.Destination;

/// <summary>When pages are written into the images for CRIU, which reads those as soon as it begins.</summary>
internal enum PagePlacing
{
    /// <summary>There are none.</summary>
    None,

    /// <summary>All of them are here.</summary>
    AtOnce,

    /// <summary>When every page is here.</summary>
    WhenComplete,
}
