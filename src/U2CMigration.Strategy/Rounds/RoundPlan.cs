using U2CMigration.PageTracking.Pages;

namespace U2CMigration.Strategy.Rounds;

/// <summary>What a strategy wants to be done next. Reused from round to round.</summary>
public sealed class RoundPlan
{
    private readonly List<PageSet> _groups = [];
    private readonly List<PageSet> _spares = [];

    /// <summary>Whether another round is sent or the workload is stopped.</summary>
    public RoundDecision Decision { get; private set; }

    /// <summary>The pages to send, group after group; in a group by process and address. Owed pages that are in no group are held back.</summary>
    public IReadOnlyList<PageSet> Groups => _groups;

    /// <summary>How long to send before the next look; <see cref="Timeout.InfiniteTimeSpan"/> to send all groups to their end. Pages that were not reached stay owed.</summary>
    public TimeSpan Slice { get; set; } = Timeout.InfiniteTimeSpan;

    /// <summary>The number of pages in all groups.</summary>
    public long PageCount
    {
        get
        {
            long count = 0;
            foreach (PageSet group in _groups)
            {
                count += group.PageCount;
            }

            return count;
        }
    }

    /// <summary>Stops the workload; what is owed then is copied while it is frozen.</summary>
    public void StopAndCopy() => Decision = RoundDecision.StopAndCopy;

    /// <summary>Adds an empty group behind the others.</summary>
    public PageSet AddGroup()
    {
        if (_spares.Count == 0)
        {
            _spares.Add(new PageSet());
        }

        PageSet group = _spares[^1];
        _spares.RemoveAt(_spares.Count - 1);
        _groups.Add(group);
        return group;
    }

    /// <summary>Adds a group with all pages of a set.</summary>
    /// <param name="pages">The pages; copied.</param>
    public void AddGroup(PageSet pages)
    {
        ArgumentNullException.ThrowIfNull(pages);
        pages.CopyTo(AddGroup());
    }

    /// <summary>Hands the groups over to the caller; the plan has none afterwards.</summary>
    public IReadOnlyList<PageSet> TakeGroups()
    {
        PageSet[] groups = [.. _groups];
        _groups.Clear();
        return groups;
    }

    /// <summary>Takes pages out of all groups.</summary>
    /// <param name="pages">The pages; not one of the groups.</param>
    public void Exclude(PageSet pages)
    {
        ArgumentNullException.ThrowIfNull(pages);
        for (int i = 0; i < _groups.Count; i++)
        {
            PageSet group = _groups[i];
            PageSet rest = AddGroup();
            group.ExceptTo(pages, rest);
            _groups.RemoveAt(_groups.Count - 1);
            _groups[i] = rest;
            group.Clear();
            _spares.Add(group);
        }
    }

    /// <summary>Back to an empty round that is sent to its end.</summary>
    public void Clear()
    {
        Decision = RoundDecision.SendRound;
        Slice = Timeout.InfiniteTimeSpan;
        foreach (PageSet group in _groups)
        {
            group.Clear();
            _spares.Add(group);
        }

        _groups.Clear();
    }
}
