using System.Runtime.InteropServices;
using U2CMigration.PageTracking.Pages;
using U2CMigration.PageTracking.Reading;
using U2CMigration.PageTracking.Trackers;

namespace U2CMigration.PageTracking.IntegrationTests.Workload;

/// <summary>A copy of a process's memory kept up to date by what a tracker reports, as a migration does.</summary>
internal sealed class ShadowCopy(int processId, ICopyObserver? observer = null) : IDisposable
{
    private const int BatchPages = 256;
    private const int PageBytes = 4096;
    private readonly ProcessMemoryReader _reader = ProcessMemoryReader.Open(processId);
    private readonly Dictionary<ulong, byte[]> _pages = [];
    private readonly byte[] _batch = new byte[BatchPages * PageBytes];
    private readonly ulong[] _unreadable = new ulong[PageBitmap.WordsFor(BatchPages)];

    internal int Pages => _pages.Count;

    internal void Update(PageSet dirty) => ForEachPage(dirty, observer, (address, content, readable) =>
    {
        if (readable)
        {
            ref byte[]? copy = ref CollectionsMarshal.GetValueRefOrAddDefault(_pages, address, out _);
            copy ??= new byte[PageBytes];
            content.CopyTo(copy);
        }
    });

    /// <summary>Brings the copy up to date a last time, as a migration does in the freeze. The process must be stopped.</summary>
    /// <param name="tracker">Knows what has changed.</param>
    /// <param name="between">What happens between its two looks; the kernel is not stopped.</param>
    /// <returns>The pages that the copy consists of.</returns>
    internal PageSet Complete(IPageTracker tracker, Action? between = null)
    {
        PageSet resident = tracker.CollectResident();
        between?.Invoke();
        Update(tracker.Collect());
        return resident;
    }

    /// <summary>The pages that exist and whose copy is missing or differs. The process must be stopped.</summary>
    internal List<ulong> FindStale(PageSet resident)
    {
        List<ulong> stale = [];
        ForEachPage(resident, null, (address, content, readable) =>
        {
            bool same = _pages.TryGetValue(address, out byte[]? copy) ? content.SequenceEqual(copy) : !content.ContainsAnyExcept((byte)0);
            if (readable && !same)
            {
                stale.Add(address);
            }
        });
        return stale;
    }

    public void Dispose() => _reader.Dispose();

    private void ForEachPage(PageSet set, ICopyObserver? told, PageAction action)
    {
        if (!set.TryGet(processId, out ProcessPages? process))
        {
            return;
        }

        List<PageRange> batch = [];
        int pages = 0;
        foreach (PageRange range in process.Ranges)
        {
            for (ulong start = range.Start; start < range.End;)
            {
                ulong end = Math.Min(range.End, start + ((ulong)(BatchPages - pages) * PageBytes));
                batch.Add(new PageRange(start, end));
                pages += (int)((end - start) / PageBytes);
                start = end;
                if (pages == BatchPages)
                {
                    Read(batch, told, action);
                    pages = 0;
                }
            }
        }

        Read(batch, told, action);
    }

    private void Read(List<PageRange> batch, ICopyObserver? told, PageAction action)
    {
        PageBitmap unreadable = new(_unreadable);
        told?.BeginCopy(processId, CollectionsMarshal.AsSpan(batch));
        _reader.Read(CollectionsMarshal.AsSpan(batch), _batch, unreadable);
        told?.EndCopy(processId, CollectionsMarshal.AsSpan(batch), _batch, unreadable);
        int page = 0;
        foreach (PageRange range in batch)
        {
            for (ulong address = range.Start; address < range.End; address += PageBytes, page++)
            {
                action(address, _batch.AsSpan(page * PageBytes, PageBytes), !unreadable[page]);
            }
        }

        batch.Clear();
    }

    private delegate void PageAction(ulong address, ReadOnlySpan<byte> content, bool readable);
}
