using U2CMigration.Criu.Images;

namespace U2CMigration.Criu.PageServer;

/// <summary>Consecutive pages in consecutive slots of a <see cref="PageStore"/>.</summary>
internal readonly record struct StoredRun(ulong Address, long Pages, long Slot, PagePlaces Places)
{
    internal ulong End => Address + ((ulong)Pages * (ulong)Environment.SystemPageSize);

    /// <summary>The pages from an address on, up to another one.</summary>
    internal StoredRun Part(ulong from, ulong to)
    {
        ulong size = (ulong)Environment.SystemPageSize;
        ulong start = Math.Max(from, Address);
        return this with { Address = start, Pages = (long)((Math.Min(to, End) - start) / size), Slot = Slot + (long)((start - Address) / size) };
    }
}
