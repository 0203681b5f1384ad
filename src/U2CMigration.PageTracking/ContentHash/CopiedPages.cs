using U2CMigration.PageTracking.Pages;
using U2CMigration.PageTracking.Reading;

namespace U2CMigration.PageTracking.ContentHash;

/// <summary>Brings the news of what was copied to the hashes of the process. Copying threads look into it while processes come and go.</summary>
internal sealed class CopiedPages
{
    // Copied rather than changed, for a copying thread may be looking into it.
    private volatile Dictionary<int, PageHashes> _hashes = [];

    internal void Add(int processId, PageHashes hashes) => _hashes = new Dictionary<int, PageHashes>(_hashes) { [processId] = hashes };

    internal void Remove(PageHashes hashes) => _hashes = new Dictionary<int, PageHashes>(_hashes.Where(known => known.Value != hashes));

    internal void Clear() => _hashes = [];

    internal void BeginCopy(int processId, ReadOnlySpan<PageRange> ranges)
    {
        if (_hashes.TryGetValue(processId, out PageHashes? hashes))
        {
            hashes.BeginCopy(ranges);
        }
    }

    internal void EndCopy(int processId, ReadOnlySpan<PageRange> ranges, ReadOnlySpan<byte> content, PageBitmap unreadable)
    {
        if (_hashes.TryGetValue(processId, out PageHashes? hashes))
        {
            hashes.EndCopy(ranges, content, unreadable);
        }
    }
}
