using U2CMigration.Criu.LazyPages.Ranges;

namespace U2CMigration.Criu.LazyPages.Serving;

/// <summary>A restored process and the children it forked since: they share pages of the source until each has its own copy.</summary>
internal sealed class TaskFamily(int processId, ILazyPageSource source)
{
    private readonly List<RestoredTask> _members = [];

    internal void Add(RestoredTask task) => _members.Add(task);

    internal void Remove(RestoredTask task) => _members.Remove(task);

    /// <summary>Says that the process itself has discarded pages.</summary>
    internal void NoteUnwanted(in LazyRun pages) => source.Unwanted(processId, pages.Dumped, PagesOf(pages));

    /// <summary>Gives pages back to the source that one member does not need any more, except those that another still needs.</summary>
    internal void Release(in LazyRun pages)
    {
        if (_members.Count == 1)
        {
            source.Release(processId, pages.Dumped, PagesOf(pages));
            return;
        }

        ulong start = pages.Start;
        for (ulong address = pages.Start; address < pages.End; address += (ulong)PageGeometry.Bytes)
        {
            if (!IsNeeded(pages.OrdinalOf(address)))
            {
                continue;
            }

            ReleasePart(pages, start, address);
            start = address + (ulong)PageGeometry.Bytes;
        }

        ReleasePart(pages, start, pages.End);
    }

    private static int PagesOf(in LazyRun run) => (int)((run.End - run.Start) >> PageGeometry.Shift);

    private void ReleasePart(in LazyRun pages, ulong start, ulong end)
    {
        if (start < end)
        {
            LazyRun part = pages.Slice(start, end);
            source.Release(processId, part.Dumped, PagesOf(part));
        }
    }

    private bool IsNeeded(long ordinal)
    {
        foreach (RestoredTask member in _members)
        {
            if (member.Ranges.IsPending(ordinal))
            {
                return true;
            }
        }

        return false;
    }
}
