using System.Diagnostics.CodeAnalysis;

namespace U2CMigration.PageTracking.Pages;

/// <summary>Pages of a process tree, by process and address.</summary>
/// <remarks>Filled in ascending order per process; reusable after <see cref="Clear"/> without new allocations. Not safe for concurrent use.</remarks>
public sealed class PageSet
{
    private readonly Dictionary<int, ProcessPages> _byProcess = [];
    private readonly Dictionary<int, ProcessPages> _spares = [];
    private readonly List<ProcessPages> _processes = [];

    /// <summary>The processes that have an entry, in the order in which they were first added.</summary>
    public IReadOnlyList<ProcessPages> Processes => _processes;

    /// <summary>The number of pages of all processes.</summary>
    public long PageCount
    {
        get
        {
            long count = 0;
            foreach (ProcessPages process in _processes)
            {
                count += process.PageCount;
            }

            return count;
        }
    }

    /// <summary>Adds a run of pages behind those the process already has.</summary>
    /// <param name="processId">The process.</param>
    /// <param name="start">The first address; not below the end of the run added last for this process.</param>
    /// <param name="end">The first address behind the run.</param>
    /// <exception cref="ArgumentOutOfRangeException">The run is not behind the last one, is empty, or is not aligned to pages.</exception>
    public void Add(int processId, ulong start, ulong end)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(end, start);
        ArgumentOutOfRangeException.ThrowIfNotEqual((start | end) & (PageSize.Bytes - 1), 0UL, nameof(start));
        Of(processId).Append(start, end);
    }

    /// <summary>The pages of one process; an empty entry is made when it has none yet.</summary>
    /// <param name="processId">The process.</param>
    public ProcessPages Of(int processId)
    {
        if (!_byProcess.TryGetValue(processId, out ProcessPages? pages))
        {
            if (!_spares.Remove(processId, out pages))
            {
                pages = new ProcessPages(processId);
            }

            _byProcess.Add(processId, pages);
            _processes.Add(pages);
        }

        return pages;
    }

    /// <summary>The pages of one process, if it has an entry.</summary>
    /// <param name="processId">The process.</param>
    /// <param name="pages">Its pages.</param>
    public bool TryGet(int processId, [NotNullWhen(true)] out ProcessPages? pages) => _byProcess.TryGetValue(processId, out pages);

    /// <summary>Removes all pages and processes.</summary>
    public void Clear()
    {
        foreach (ProcessPages process in _processes)
        {
            process.Clear();
            _spares.Add(process.ProcessId, process);
        }

        _byProcess.Clear();
        _processes.Clear();
    }
}
