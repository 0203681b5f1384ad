using U2CMigration.Criu.LazyPages;
using U2CMigration.PageTracking.Pages;
using U2CMigration.Transport.Frames;
using U2CMigration.Transport.Pages;

namespace U2CMigration.Core.Destination;

/// <summary>Notes which pages came again after the first round: the working set, which the workload will touch first when it resumes.</summary>
internal sealed class RecentPages(IPageSink store) : IPageSink
{
    /// <summary>256 MiB; more could not be installed before it is touched anyway.</summary>
    private const long MaxPages = 1 << 16;

    private readonly List<LazyPageRange> _runs = [];
    private long _pages;
    private bool _recording;

    /// <summary>Begins to note; called when the first round is over.</summary>
    public void Begin() => _recording = true;

    /// <summary>The pages noted, those that came last first.</summary>
    public LazyPageRange[] LatestFirst()
    {
        LazyPageRange[] runs = [.. _runs];
        Array.Reverse(runs);
        return runs;
    }

    public Span<byte> Prepare(int processId, ulong address) => store.Prepare(processId, address);

    public void Complete(int processId, ulong address, ulong checksum)
    {
        store.Complete(processId, address, checksum);
        if (_recording)
        {
            Note(processId, address);
        }
    }

    public void StoreZero(int processId, ulong address) => store.StoreZero(processId, address);

    public ReadOnlySpan<byte> Held(int processId, ulong address) => store.Held(processId, address);

    public bool Keep(int processId, ulong address, ulong checksum)
    {
        // Written, if to no effect: it belongs to the working set all the same.
        bool isHeld = store.Keep(processId, address, checksum);
        if (isHeld && _recording)
        {
            Note(processId, address);
        }

        return isHeld;
    }

    private void Note(int processId, ulong address)
    {
        if (processId >= ProtocolLimits.FirstObjectId)
        {
            // Shared memory is there before the resume.
            return;
        }

        if (_runs.Count > 0 && _runs[^1] is var last && last.ProcessId == processId
            && last.Address + ((ulong)last.Pages << PageSize.Shift) == address)
        {
            _runs[^1] = last with { Pages = last.Pages + 1 };
        }
        else
        {
            _runs.Add(new LazyPageRange(processId, address, 1));
        }

        if (++_pages > MaxPages)
        {
            // The oldest half makes room.
            int half = _runs.Count / 2;
            _pages = 0;
            _runs.RemoveRange(0, half);
            foreach (LazyPageRange run in _runs)
            {
                _pages += run.Pages;
            }
        }
    }
}
