namespace U2CMigration.Criu.LazyPages;

/// <summary>Holds the pages that a lazily restored process tree will touch, mapped into this process.</summary>
/// <remarks>Called by several threads at once.</remarks>
public interface ILazyPageSource
{
    /// <summary>Finds the pages held for a process from an address on.</summary>
    /// <param name="processId">The process, as numbered in the images.</param>
    /// <param name="address">The address of the first page in the process as it was dumped.</param>
    /// <param name="maxPages">The most pages wanted; at least 1.</param>
    /// <returns>The longest run that starts at <paramref name="address"/> and lies in one piece in this process's memory; 0 pages if the first is not held.</returns>
    LazyPageRun Find(int processId, ulong address, int maxPages);

    /// <summary>Says that pages were installed and will not be asked for again, so that their memory may be given back.</summary>
    /// <param name="processId">The process, as numbered in the images.</param>
    /// <param name="address">The address of the first page in the process as it was dumped.</param>
    /// <param name="pages">The number of pages.</param>
    void Release(int processId, ulong address, int pages);

    /// <summary>Says that the kernel has taken pages out of this process's memory into the restored one, not into a child that it has forked since; for whoever keeps account of it.</summary>
    /// <param name="processId">The process, as numbered in the images.</param>
    /// <param name="address">The address of the first page in the process as it was dumped.</param>
    /// <param name="pages">The pages, where they were taken from.</param>
    void Installed(int processId, ulong address, LazyPageRun pages)
    {
    }

    /// <summary>Says that the restored process has discarded or unmapped pages before they were installed.</summary>
    /// <param name="processId">The process, as numbered in the images.</param>
    /// <param name="address">The address of the first page in the process as it was dumped.</param>
    /// <param name="pages">The number of pages.</param>
    void Unwanted(int processId, ulong address, int pages)
    {
    }
}
