namespace U2CMigration.Criu.LazyPages.Ranges;

/// <summary>Which pages of one process are still to be installed, where they are now and where they were when it was dumped.</summary>
/// <remarks>
/// Runs change only when the process changes its memory map, so they stay few; installed pages are bits beside them. A touch costs a
/// binary search over the runs and allocates nothing. Not safe for concurrent use.
/// </remarks>
internal sealed class LazyRanges
{
    private readonly PendingPages _pending;
    private LazyRun[] _runs;
    private int _count;

    internal LazyRanges(IReadOnlyList<LazyPageRange> ranges)
    {
        _runs = new LazyRun[ranges.Count];
        long ordinal = 0;
        foreach (LazyPageRange range in ranges)
        {
            ulong end = range.Address + ((ulong)range.Pages << PageGeometry.Shift);
            _runs[_count++] = new LazyRun(range.Address, end, range.Address, ordinal);
            ordinal += range.Pages;
        }

        _pending = new PendingPages(ordinal);
    }

    private LazyRanges(LazyRanges other)
    {
        _runs = (LazyRun[])other._runs.Clone();
        _count = other._count;
        _pending = other._pending.Clone();
    }

    /// <summary>The number of pages still to be installed.</summary>
    internal long PendingCount => _pending.Count;

    /// <summary>The runs in ascending order of their present addresses.</summary>
    internal ReadOnlySpan<LazyRun> Runs => _runs.AsSpan(0, _count);

    /// <summary>A copy for the child of a fork: same pages, same ordinals.</summary>
    internal LazyRanges Clone() => new(this);

    internal bool IsPending(long ordinal) => _pending.Contains(ordinal);

    /// <summary>Pending pages from an address on, within one run.</summary>
    /// <returns>Their number, at most <paramref name="maxPages"/>; 0 when the page at the address is not pending.</returns>
    internal int PendingFrom(ulong address, int maxPages, out LazyRun run)
    {
        int index = IndexAbove(address) - 1;
        if (index < 0 || address >= _runs[index].End)
        {
            run = default;
            return 0;
        }

        run = _runs[index];
        long first = run.OrdinalOf(address);
        long end = long.Min(first + maxPages, run.OrdinalOf(run.End));
        return (int)(_pending.NextSettled(first, end) - first);
    }

    /// <summary>Finds the next pending pages at or above an address.</summary>
    /// <param name="from">Where to look from.</param>
    /// <param name="to">Where to stop looking.</param>
    /// <param name="maxPages">The most pages wanted.</param>
    /// <param name="run">The run they lie in, cut down to them.</param>
    internal bool TryNext(ulong from, ulong to, int maxPages, out LazyRun run)
    {
        for (int index = int.Max(IndexAbove(from) - 1, 0); index < _count && _runs[index].Start < to; index++)
        {
            LazyRun candidate = _runs[index];
            ulong start = ulong.Max(from, candidate.Start);
            ulong end = ulong.Min(to, candidate.End);
            if (start >= end)
            {
                continue;
            }

            long last = candidate.OrdinalOf(end);
            long first = _pending.NextPending(candidate.OrdinalOf(start), last);
            if (first < last)
            {
                long behind = _pending.NextSettled(first, long.Min(first + maxPages, last));
                run = candidate.Slice(candidate.AddressOf(first), candidate.AddressOf(behind));
                return true;
            }
        }

        run = default;
        return false;
    }

    /// <summary>Marks pages as installed or not wanted any more.</summary>
    internal void Settle(in LazyRun pages) => _pending.Settle(pages.Ordinal, pages.OrdinalOf(pages.End));

    /// <summary>Forgets everything in an address range: it was unmapped or discarded.</summary>
    internal void Remove(ulong start, ulong end)
    {
        if (start >= end)
        {
            return;
        }

        SplitAt(start);
        SplitAt(end);
        int first = IndexAtOrAbove(start);
        int last = IndexAtOrAbove(end);
        for (int index = first; index < last; index++)
        {
            Settle(_runs[index]);
        }

        RemoveRuns(first, last);
    }

    /// <summary>Follows mremap: what was in one address range is in another now.</summary>
    internal void Move(ulong from, ulong to, ulong length)
    {
        if (from == to || length == 0)
        {
            return;
        }

        SplitAt(from);
        SplitAt(from + length);
        int first = IndexAtOrAbove(from);
        LazyRun[] moved = _runs[first..IndexAtOrAbove(from + length)];
        RemoveRuns(first, first + moved.Length);
        Remove(to, to + length);
        Reserve(moved.Length);
        int target = IndexAtOrAbove(to);
        Array.Copy(_runs, target, _runs, target + moved.Length, _count - target);
        for (int index = 0; index < moved.Length; index++)
        {
            _runs[target + index] = moved[index].MovedTo(to + (moved[index].Start - from));
        }

        _count += moved.Length;
    }

    private void SplitAt(ulong address)
    {
        int index = IndexAbove(address) - 1;
        if (index < 0 || address <= _runs[index].Start || address >= _runs[index].End)
        {
            return;
        }

        Reserve(1);
        LazyRun run = _runs[index];
        Array.Copy(_runs, index + 1, _runs, index + 2, _count - index - 1);
        _runs[index] = run.Slice(run.Start, address);
        _runs[index + 1] = run.Slice(address, run.End);
        _count++;
    }

    private void RemoveRuns(int first, int last)
    {
        Array.Copy(_runs, last, _runs, first, _count - last);
        _count -= last - first;
    }

    private void Reserve(int more)
    {
        if (_count + more > _runs.Length)
        {
            Array.Resize(ref _runs, int.Max(_count + more, _runs.Length * 2));
        }
    }

    private int IndexAtOrAbove(ulong address) => address == 0 ? 0 : IndexAbove(address - 1);

    /// <summary>The index of the first run that starts above an address.</summary>
    private int IndexAbove(ulong address)
    {
        int low = 0;
        int high = _count;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (_runs[middle].Start <= address)
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
