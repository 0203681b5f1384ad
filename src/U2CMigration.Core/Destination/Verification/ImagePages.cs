using U2CMigration.Criu.Images;
using U2CMigration.PageTracking.Pages;

namespace U2CMigration.Core.Destination.Verification;

/// <summary>The private pages of one process that CRIU has read from a pages file.</summary>
internal sealed class ImagePages : IDisposable
{
    private readonly List<(ulong Start, ulong End, long Page)> _entries = [];
    private readonly PagesFile? _file;

    public ImagePages(ImageDirectory images, int processId)
    {
        if (images.ReadPagemap(processId) is not { } pagemap)
        {
            return;
        }

        long page = 0;
        foreach (PagemapEntry entry in pagemap.Entries)
        {
            if (entry.IsPresent)
            {
                _entries.Add((entry.Address, entry.Address + ((ulong)entry.Pages << PageSize.Shift), page));
                page += entry.Pages;
            }
        }

        _file = page > 0 ? PagesFile.Open(images.PathOf(pagemap.PagesFileName)) : null;
    }

    /// <summary>Reads a page, if it is one of them.</summary>
    public bool TryRead(ulong address, Span<byte> content)
    {
        int low = 0;
        int high = _entries.Count;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (_entries[middle].End <= address)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        if (low == _entries.Count || _entries[low].Start > address)
        {
            return false;
        }

        _file!.Read(_entries[low].Page + (long)((address - _entries[low].Start) >> PageSize.Shift), content);
        return true;
    }

    public void Dispose() => _file?.Dispose();
}
