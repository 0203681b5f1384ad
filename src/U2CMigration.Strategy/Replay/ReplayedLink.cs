using U2CMigration.PageTracking.Pages;
using U2CMigration.Strategy.Rounds;

namespace U2CMigration.Strategy.Replay;

/// <summary>Sends groups of pages in their order, at a bandwidth that never changes. A page is sent whole: a span of time ends when its last page does.</summary>
internal sealed class ReplayedLink(double bytesPerSecond, WireCosts costs)
{
    private readonly PageSet _sent = new();
    private IReadOnlyList<PageSet> _groups = [];
    private int _group;
    private int _process;
    private int _range;
    private ulong _from;

    /// <summary>Whether all groups were sent.</summary>
    public bool IsIdle => _group >= _groups.Count;

    /// <summary>The pages sent in this round.</summary>
    public long SentPages { get; private set; }

    /// <summary>The bytes sent in this round.</summary>
    public double WireBytes { get; private set; }

    /// <summary>Begins a round.</summary>
    public void Begin(IReadOnlyList<PageSet> groups)
    {
        _groups = groups;
        (_group, _process, _range, _from) = (0, 0, 0, 0);
        (SentPages, WireBytes) = (0, 0);
    }

    /// <summary>Sends for some time, or until all is sent.</summary>
    /// <param name="time">The time; infinite for no limit.</param>
    /// <param name="books">Say what the destination has, and are told what was sent.</param>
    /// <returns>The time that it took.</returns>
    public TimeSpan Send(TimeSpan time, OwedPages books)
    {
        double budget = time == Timeout.InfiniteTimeSpan ? double.PositiveInfinity : time.TotalSeconds * bytesPerSecond;
        double before = WireBytes;
        while (!IsIdle && WireBytes - before < budget)
        {
            _sent.Clear();
            SendGroup(before + budget, books.Delivered);
            books.Sent(_sent);
        }

        // Rounded up: never faster than the link.
        return TimeSpan.FromTicks((long)Math.Ceiling((WireBytes - before) / bytesPerSecond * TimeSpan.TicksPerSecond));
    }

    /// <summary>Sends from the group at hand until its end, or until so much was sent in this round.</summary>
    private void SendGroup(double until, PageSet delivered)
    {
        IReadOnlyList<ProcessPages> processes = _groups[_group].Processes;
        for (; _process < processes.Count; _process++, _range = 0)
        {
            ProcessPages process = processes[_process];
            ReadOnlySpan<PageRange> known = delivered.TryGet(process.ProcessId, out ProcessPages? pages) ? pages.Ranges : [];
            for (; _range < process.Ranges.Length; _range++, _from = 0)
            {
                PageRange range = process.Ranges[_range];
                for (_from = Math.Max(_from, range.Start); _from < range.End;)
                {
                    if (WireBytes >= until)
                    {
                        return;
                    }

                    SendPiece(process.ProcessId, range.End, until, known);
                }
            }
        }

        _group++;
        _process = 0;
    }

    /// <summary>Sends pages that cost the same.</summary>
    private void SendPiece(int processId, ulong end, double until, ReadOnlySpan<PageRange> known)
    {
        int next = FirstBehind(known, _from);
        bool again = next < known.Length && known[next].Start <= _from;
        ulong pieceEnd = next == known.Length ? end : Math.Min(end, again ? known[next].End : known[next].Start);
        double cost = again ? costs.AgainBytes : costs.NewBytes;
        double pages = (pieceEnd - _from) >> PageSize.Shift;
        if (cost > 0)
        {
            pages = Math.Min(pages, Math.Ceiling((until - WireBytes) / cost));
        }

        ulong to = _from + ((ulong)pages << PageSize.Shift);
        _sent.Add(processId, _from, to);
        SentPages += (long)pages;
        WireBytes += pages * cost;
        _from = to;
    }

    /// <summary>The first run that ends behind an address.</summary>
    private static int FirstBehind(ReadOnlySpan<PageRange> runs, ulong address)
    {
        int low = 0;
        int high = runs.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = runs[middle].End <= address ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}
