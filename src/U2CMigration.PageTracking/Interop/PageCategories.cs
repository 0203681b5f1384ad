namespace U2CMigration.PageTracking.Interop;

/// <summary>What PAGEMAP_SCAN knows about a page (PAGE_IS_*, linux/fs.h).</summary>
[Flags]
internal enum PageCategories : ulong
{
    None = 0,

    /// <summary>The mapping is registered for asynchronous write-protection.</summary>
    WriteProtectable = 1,

    /// <summary>Not write-protected: written since it was, or never protected.</summary>
    Written = 2,

    /// <summary>Not anonymous: content of a file, or shared memory.</summary>
    File = 4,
    Present = 8,
    Swapped = 16,

    /// <summary>Maps the kernel's page of zeros.</summary>
    ZeroPage = 32,
    Huge = 64,
    SoftDirty = 128,

    /// <summary>A guard inside a mapping (MADV_GUARD_INSTALL): shows as swapped, but holds nothing and can not be read. Linux 6.15.</summary>
    Guard = 256,
}
