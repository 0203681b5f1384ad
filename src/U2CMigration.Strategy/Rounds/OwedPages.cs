using U2CMigration.PageTracking.Pages;

namespace U2CMigration.Strategy.Rounds;

/// <summary>The books of a migration: which pages the destination needs in a newer version, and of which it has some version.</summary>
public sealed class OwedPages
{
    private PageSet _owed = new();
    private PageSet _delivered = new();
    private PageSet _spare = new();

    /// <summary>The pages whose newest version the destination does not have.</summary>
    public PageSet Owed => _owed;

    /// <summary>The pages of which the destination has some version.</summary>
    public PageSet Delivered => _delivered;

    /// <summary>How many pages the last <see cref="Add"/> made owed that were not before.</summary>
    public long ArrivedPages { get; private set; }

    /// <summary>Notes pages that were written.</summary>
    /// <param name="dirty">The pages.</param>
    public void Add(PageSet dirty)
    {
        ArgumentNullException.ThrowIfNull(dirty);
        ArrivedPages = dirty.PageCount - dirty.CountCommon(_owed);
        _spare.Clear();
        _owed.UnionTo(dirty, _spare);
        (_owed, _spare) = (_spare, _owed);
    }

    /// <summary>Notes pages that were sent. What was found written at the same time is added behind it.</summary>
    /// <param name="pages">The pages.</param>
    public void Sent(PageSet pages)
    {
        ArgumentNullException.ThrowIfNull(pages);
        if (pages.Processes.Count == 0)
        {
            return;
        }

        _spare.Clear();
        _owed.ExceptTo(pages, _spare);
        (_owed, _spare) = (_spare, _owed);
        _spare.Clear();
        _delivered.UnionTo(pages, _spare);
        (_delivered, _spare) = (_spare, _delivered);
    }

    /// <summary>Forgets all pages of processes that have ended.</summary>
    /// <param name="processIds">The processes.</param>
    public void Forget(IReadOnlyCollection<int> processIds)
    {
        ArgumentNullException.ThrowIfNull(processIds);
        _owed = Without(_owed, processIds);
        _delivered = Without(_delivered, processIds);
    }

    private static PageSet Without(PageSet pages, IReadOnlyCollection<int> processIds)
    {
        var rest = new PageSet();
        foreach (ProcessPages process in pages.Processes)
        {
            if (!processIds.Contains(process.ProcessId))
            {
                foreach (PageRange range in process.Ranges)
                {
                    rest.Add(process.ProcessId, range.Start, range.End);
                }
            }
        }

        return rest;
    }
}
