namespace U2CMigration.PageTracking.Pages;

/// <summary>The size of a base page.</summary>
public static class PageSize
{
    /// <summary>The size in bytes: 4096, the only base page size of x86-64.</summary>
    public const int Bytes = 4096;

    /// <summary>The base-2 logarithm of <see cref="Bytes"/>.</summary>
    public const int Shift = 12;
}
