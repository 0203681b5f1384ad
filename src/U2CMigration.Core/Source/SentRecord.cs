using U2CMigration.PageTracking.Pages;

namespace U2CMigration.Core.Source;

/// <summary>The pages that were taken for sending since the last look at the dirty pages. Written by the sending, read by the looking, at the same time.</summary>
/// <remarks>
/// A page is recorded before it is read. So whatever was written before a look that does not find it here is in what is read afterwards; and a page that is
/// found here may have been read before it was written, so that what the look found written stays owed.
/// </remarks>
internal sealed class SentRecord
{
    private readonly Lock _lock = new();
    private readonly List<PageSet> _groups = [];
    private readonly List<PageSet> _spares = [];

    /// <summary>Begins a run of pages in ascending order.</summary>
    public void BeginGroup()
    {
        lock (_lock)
        {
            if (_spares.Count == 0)
            {
                _spares.Add(new PageSet());
            }

            _groups.Add(_spares[^1]);
            _spares.RemoveAt(_spares.Count - 1);
        }
    }

    /// <summary>Records pages behind the others of the group.</summary>
    public void Add(int processId, ulong start, ulong end)
    {
        lock (_lock)
        {
            _groups[^1].Add(processId, start, end);
        }
    }

    /// <summary>Hands over what was recorded, and begins anew.</summary>
    /// <param name="take">Is called for each group.</param>
    public void TakeAll(Action<PageSet> take)
    {
        lock (_lock)
        {
            foreach (PageSet group in _groups)
            {
                take(group);
                group.Clear();
                _spares.Add(group);
            }

            bool goesOn = _groups.Count > 0;
            _groups.Clear();
            if (goesOn)
            {
                // The sending may be in the middle of a group.
                _groups.Add(_spares[^1]);
                _spares.RemoveAt(_spares.Count - 1);
            }
        }
    }
}
