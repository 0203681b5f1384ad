namespace U2CMigration.Transport.Pages;

/// <summary>Consecutive pages of one process.</summary>
/// <param name="ProcessId">The process, as numbered in the images; above 0.</param>
/// <param name="Address">The address of the first page, a multiple of 4096 below 2^47.</param>
/// <param name="Pages">The number of pages; at least 1.</param>
public readonly record struct PageRun(int ProcessId, ulong Address, long Pages)
{
    internal const int PageBytes = 4096;

    /// <summary>The first address behind the run.</summary>
    public ulong End => Address + ((ulong)Pages * PageBytes);

    /// <inheritdoc/>
    public override string ToString() => $"{ProcessId}:{Address:x}-{End:x}";
}
