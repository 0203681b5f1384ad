using U2CMigration.Criu.LazyPages.Ranges;

namespace U2CMigration.Criu.LazyPages;

/// <summary>A process of the images and the pages that its restore leaves out.</summary>
public sealed class LazyTask
{
    /// <summary>Describes a process.</summary>
    /// <param name="processId">The process, as numbered in the images.</param>
    /// <param name="ranges">Its lazy pages in ascending order, without overlap; all for <paramref name="processId"/>.</param>
    /// <exception cref="ArgumentException">A range is empty, not aligned to pages, for another process, or not behind the one before it.</exception>
    public LazyTask(int processId, IEnumerable<LazyPageRange> ranges)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(processId);
        ArgumentNullException.ThrowIfNull(ranges);
        ProcessId = processId;
        Ranges = [.. ranges];
        ulong end = 0;
        foreach (LazyPageRange range in Ranges)
        {
            ulong pageMask = (ulong)PageGeometry.Bytes - 1;
            long mostPages = (long)((ulong.MaxValue - range.Address) >> PageGeometry.Shift);
            if (range.ProcessId != processId || range.Pages <= 0 || range.Pages > mostPages || (range.Address & pageMask) != 0 || range.Address < end)
            {
                throw new ArgumentException(
                    $"The lazy range {range} of process {processId} is not valid: ranges must be of that process, hold at least one page, start at a multiple of {PageGeometry.Bytes} and ascend without overlap.",
                    nameof(ranges));
            }

            end = range.Address + ((ulong)range.Pages << PageGeometry.Shift);
            Pages += range.Pages;
        }
    }

    /// <summary>The process, as numbered in the images.</summary>
    public int ProcessId { get; }

    /// <summary>The lazy pages in ascending order.</summary>
    public IReadOnlyList<LazyPageRange> Ranges { get; }

    /// <summary>The number of lazy pages.</summary>
    public long Pages { get; }
}
