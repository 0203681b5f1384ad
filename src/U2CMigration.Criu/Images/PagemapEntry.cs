namespace U2CMigration.Criu.Images;

/// <summary>Pages that lie one behind the other and are kept in the same place.</summary>
/// <param name="Address">The first page: an address of the process, or an offset in shared memory.</param>
/// <param name="Pages">The number of pages of the host's size.</param>
/// <param name="Places">Where they are.</param>
public readonly record struct PagemapEntry(ulong Address, long Pages, PagePlaces Places)
{
    /// <summary>Whether their content is in the pages file.</summary>
    public bool IsPresent => (Places & PagePlaces.Present) != 0;

    /// <summary>Whether their content is in no file and has to be served after the restore.</summary>
    public bool IsLazyOnly => (Places & (PagePlaces.Present | PagePlaces.Parent | PagePlaces.Lazy)) == PagePlaces.Lazy;
}
