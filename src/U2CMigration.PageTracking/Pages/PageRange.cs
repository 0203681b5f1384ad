namespace U2CMigration.PageTracking.Pages;

/// <summary>A run of consecutive pages in the address space of one process.</summary>
/// <param name="Start">The first address, a multiple of <see cref="PageSize.Bytes"/>.</param>
/// <param name="End">The first address behind the run, a multiple of <see cref="PageSize.Bytes"/>.</param>
public readonly record struct PageRange(ulong Start, ulong End)
{
    /// <summary>The number of pages.</summary>
    public long Pages => (long)((End - Start) / PageSize.Bytes);

    /// <summary>The number of bytes.</summary>
    public long Bytes => (long)(End - Start);

    /// <summary>Whether the page that holds an address lies in the run.</summary>
    /// <param name="address">Any address.</param>
    public bool Contains(ulong address) => address >= Start && address < End;

    /// <inheritdoc/>
    public override string ToString() => $"{Start:x}-{End:x}";
}
