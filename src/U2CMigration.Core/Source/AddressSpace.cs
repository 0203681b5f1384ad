namespace U2CMigration.Core.Source;

/// <summary>The user half of an x86-64 address space.</summary>
internal static class AddressSpace
{
    /// <summary>Its pages: 2^47 bytes.</summary>
    public const long Pages = 1L << (47 - PageTracking.Pages.PageSize.Shift);
}
