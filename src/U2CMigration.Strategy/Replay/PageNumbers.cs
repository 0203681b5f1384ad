using U2CMigration.PageTracking.Pages;

namespace U2CMigration.Strategy.Replay;

/// <summary>Numbers the pages of a trace in the order of their addresses, so that sets of them are bits.</summary>
internal sealed class PageNumbers
{
    private readonly List<(int ProcessId, PageRange Range, int First)> _runs = [];
    private readonly Dictionary<int, (int From, int To)> _runsOf = [];

    /// <summary>Numbers all pages of a set.</summary>
    public PageNumbers(PageSet pages)
    {
        foreach (ProcessPages process in pages.Processes)
        {
            int from = _runs.Count;
            foreach (PageRange range in process.Ranges)
            {
                _runs.Add((process.ProcessId, range, Count));
                Count = checked(Count + (int)range.Pages);
            }

            _runsOf.Add(process.ProcessId, (from, _runs.Count));
        }
    }

    /// <summary>How many pages there are.</summary>
    public int Count { get; private set; }

    /// <summary>The numbers of the pages of a set; all of them have one.</summary>
    public IEnumerable<int> Of(PageSet pages)
    {
        foreach (ProcessPages process in pages.Processes)
        {
            PageRange[] ranges = process.Ranges.ToArray();
            int run = ranges.Length > 0 ? _runsOf[process.ProcessId].From : 0;
            foreach (PageRange range in ranges)
            {
                while (_runs[run].Range.End <= range.Start)
                {
                    run++;
                }

                int first = _runs[run].First + (int)((range.Start - _runs[run].Range.Start) >> PageSize.Shift);
                for (int i = 0; i < (int)range.Pages; i++)
                {
                    yield return first + i;
                }
            }
        }
    }

    /// <summary>Adds the pages whose bits are set to a set.</summary>
    /// <param name="bits">One bit a page.</param>
    /// <param name="pages">Receives the pages.</param>
    /// <param name="processOffset">Is added to the numbers of the processes.</param>
    public void AddTo(ReadOnlySpan<ulong> bits, PageSet pages, int processOffset)
    {
        foreach ((int processId, PageRange range, int first) in _runs)
        {
            for (int page = first, end = first + (int)range.Pages; page < end;)
            {
                int from = Next(bits, page, end, set: true);
                int to = Next(bits, from, end, set: false);
                if (to > from)
                {
                    pages.Add(processId + processOffset, range.Start + ((ulong)(from - first) << PageSize.Shift), range.Start + ((ulong)(to - first) << PageSize.Shift));
                }

                page = to;
            }
        }
    }

    /// <summary>The first page from a given one on whose bit is as wanted, or the end.</summary>
    private static int Next(ReadOnlySpan<ulong> bits, int page, int end, bool set)
    {
        while (page < end)
        {
            ulong word = (set ? bits[page >> 6] : ~bits[page >> 6]) >> (page & 63);
            if (word != 0)
            {
                return Math.Min(end, page + System.Numerics.BitOperations.TrailingZeroCount(word));
            }

            page = (page | 63) + 1;
        }

        return end;
    }
}
