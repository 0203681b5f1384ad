using System.Collections.Immutable;
using U2CMigration.Criu.Images;

namespace U2CMigration.Criu.PageServer;

/// <summary>The pages that one target has in one round, and in which slots they are stored.</summary>
internal sealed class PageRound
{
    private static readonly ulong PageBytes = (ulong)Environment.SystemPageSize;
    private readonly List<StoredRun> _runs = [];

    /// <summary>Pages that were said to be known, but are not; single addresses.</summary>
    internal List<(ulong Address, PagePlaces Places)> Unknown { get; } = [];

    /// <summary>The stored pages, in the order of their addresses once the round is <see cref="Close">closed</see>.</summary>
    internal IReadOnlyList<StoredRun> Runs => _runs;

    /// <summary>Adds a page that was stored.</summary>
    internal void Add(ulong address, long slot, PagePlaces places)
    {
        if (_runs.Count > 0 && _runs[^1] is var last && last.End == address && last.Slot + last.Pages == slot && last.Places == places)
        {
            _runs[^1] = last with { Pages = last.Pages + 1 };
        }
        else
        {
            _runs.Add(new StoredRun(address, 1, slot, places));
        }
    }

    /// <summary>Adds pages that are as they were in the round before, as far as they were in it.</summary>
    internal void AddFrom(PageRound? before, PagemapEntry hole, PagePlaces places)
    {
        ulong address = hole.Address;
        ulong end = hole.Address + ((ulong)hole.Pages * PageBytes);
        for (int index = before?.IndexOf(address) ?? 0; before is not null && index < before._runs.Count && before._runs[index].Address < end; index++)
        {
            StoredRun part = before._runs[index].Part(address, end);
            AddUnknown(address, part.Address, places);
            _runs.Add(part with { Places = places });
            address = part.End;
        }

        AddUnknown(address, end, places);
    }

    internal bool TryGetSlot(ulong address, out long slot)
    {
        int index = IndexOf(address);
        bool found = index < _runs.Count && _runs[index].Address <= address;
        slot = found ? _runs[index].Part(address, address + PageBytes).Slot : 0;
        return found;
    }

    /// <summary>Orders the runs.</summary>
    /// <returns>False when a page is in two of them.</returns>
    internal bool Close()
    {
        _runs.Sort(static (first, second) => first.Address.CompareTo(second.Address));
        for (int index = 1; index < _runs.Count; index++)
        {
            if (_runs[index].Address < _runs[index - 1].End)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The entries of a pagemap.</summary>
    internal ImmutableArray<PagemapEntry> ToEntries()
    {
        var entries = ImmutableArray.CreateBuilder<PagemapEntry>(_runs.Count);
        foreach (StoredRun run in _runs)
        {
            PagePlaces places = PagePlaces.Present | (run.Places & PagePlaces.Lazy);
            bool joins = entries.Count > 0 && entries[^1].Places == places && entries[^1].Address + ((ulong)entries[^1].Pages * PageBytes) == run.Address;
            if (joins)
            {
                entries[^1] = entries[^1] with { Pages = entries[^1].Pages + run.Pages };
            }
            else
            {
                entries.Add(new PagemapEntry(run.Address, run.Pages, places));
            }
        }

        return entries.DrainToImmutable();
    }

    private void AddUnknown(ulong address, ulong end, PagePlaces places)
    {
        for (; address < end; address += PageBytes)
        {
            Unknown.Add((address, places));
        }
    }

    /// <summary>The first run that ends behind an address.</summary>
    private int IndexOf(ulong address)
    {
        int low = 0;
        int high = _runs.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_runs[middle].End <= address)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }
}
