using U2CMigration.PageTracking.Features;
using U2CMigration.PageTracking.Pages;
using U2CMigration.PageTracking.PageTables;
using U2CMigration.PageTracking.Reading;
using U2CMigration.PageTracking.Trackers;

namespace U2CMigration.PageTracking.ContentHash;

/// <summary>One process of a tree whose written pages are found by their content.</summary>
internal sealed class ContentHashProcess : ITrackedProcess
{
    private const int BatchPages = 256;
    private readonly AddressSpace _space;
    private readonly ProcessMemoryReader _reader;
    private readonly byte[] _content = new byte[BatchPages * PageSize.Bytes];
    private readonly UInt128[] _hashes = new UInt128[BatchPages];
    private readonly ulong[] _unreadable = new ulong[PageBitmap.WordsFor(BatchPages)];
    private readonly PageRange[] _ranges = new PageRange[BatchPages];
    private readonly ProcessPages _resident;

    /// <exception cref="PageTrackingException">The process is gone, or may not be looked into.</exception>
    internal ContentHashProcess(int processId, IPageTableReader tables, KernelFeatures features)
    {
        _space = new AddressSpace(processId, tables, features);
        _resident = new ProcessPages(processId);
        try
        {
            _reader = ProcessMemoryReader.Open(processId);
        }
        catch
        {
            _space.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public int ProcessId => _space.ProcessId;

    /// <inheritdoc/>
    public bool IsAlive => _space.IsAlive;

    /// <summary>What is known of its pages.</summary>
    internal PageHashes Hashes { get; } = new();

    /// <summary>All pages read and hashed so far.</summary>
    internal long HashedPages { get; private set; }

    /// <inheritdoc/>
    public bool TryCollect(PageSet dirty, CancellationToken cancellationToken)
    {
        if (!_space.TryReadAreas())
        {
            return false;
        }

        _resident.Clear();
        _space.CollectResident(_resident, cancellationToken);
        ProcessPages changed = dirty.Of(ProcessId);
        Hashes.BeginPass();
        int count = 0;
        int pages = 0;
        foreach (PageRange range in _resident.Ranges)
        {
            for (ulong start = range.Start; start < range.End;)
            {
                ulong end = Math.Min(range.End, start + ((ulong)(BatchPages - pages) << PageSize.Shift));
                _ranges[count++] = new PageRange(start, end);
                pages += (int)((end - start) >> PageSize.Shift);
                start = end;
                if (pages == BatchPages)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    HashBatch(count, pages, changed);
                    count = pages = 0;
                }
            }
        }

        HashBatch(count, pages, changed);
        Hashes.EndPass();
        return true;
    }

    /// <inheritdoc/>
    public bool TryCollectResident(PageSet resident, CancellationToken cancellationToken)
    {
        if (!_space.TryReadAreas())
        {
            return false;
        }

        _space.CollectResident(resident.Of(ProcessId), cancellationToken);
        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _reader.Dispose();
        _space.Dispose();
    }

    private void HashBatch(int count, int pages, ProcessPages changed)
    {
        ReadOnlySpan<PageRange> ranges = _ranges.AsSpan(0, count);
        PageBitmap unreadable = new(_unreadable);
        try
        {
            _reader.Read(ranges, _content, unreadable);
        }
        catch (PageTrackingException e) when (e.IsProcessGone)
        {
            // It ended during the pass, or is about to, which the next one finds out.
            return;
        }

        for (int page = 0; page < pages; page++)
        {
            _hashes[page] = PageHashes.Of(_content.AsSpan(page * PageSize.Bytes, PageSize.Bytes));
        }

        HashedPages += pages;
        Hashes.Take(ranges, _hashes, unreadable, changed);
    }
}
