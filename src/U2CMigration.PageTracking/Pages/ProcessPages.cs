using System.Runtime.InteropServices;

namespace U2CMigration.PageTracking.Pages;

/// <summary>The pages of one process in a <see cref="PageSet"/>: sorted, disjoint, never adjacent runs.</summary>
/// <remarks>Not safe for concurrent use.</remarks>
public sealed class ProcessPages
{
    private readonly List<PageRange> _ranges = [];

    internal ProcessPages(int processId) => ProcessId = processId;

    /// <summary>The process, as numbered in the PID namespace of the caller.</summary>
    public int ProcessId { get; }

    /// <summary>The runs in ascending order.</summary>
    public ReadOnlySpan<PageRange> Ranges => CollectionsMarshal.AsSpan(_ranges);

    /// <summary>The number of pages in all runs.</summary>
    public long PageCount { get; private set; }

    internal void Append(ulong start, ulong end)
    {
        if (_ranges.Count > 0)
        {
            PageRange last = _ranges[^1];
            ArgumentOutOfRangeException.ThrowIfLessThan(start, last.End);
            if (last.End == start)
            {
                _ranges[^1] = last with { End = end };
                PageCount += (long)((end - start) >> PageSize.Shift);
                return;
            }
        }

        _ranges.Add(new PageRange(start, end));
        PageCount += (long)((end - start) >> PageSize.Shift);
    }

    internal void Clear()
    {
        _ranges.Clear();
        PageCount = 0;
    }
}
