using System.IO.Hashing;
using System.Runtime.InteropServices;
using U2CMigration.PageTracking.Pages;
using U2CMigration.PageTracking.Reading;
using static U2CMigration.PageTracking.ContentHash.KnownPage;

namespace U2CMigration.PageTracking.ContentHash;

/// <summary>The contents of the pages of one process: as seen by the tracker, and as copied by others meanwhile. Safe for concurrent use.</summary>
internal sealed class PageHashes
{
    private readonly Dictionary<ulong, KnownPage> _pages = [];
    private readonly Lock _gate = new();
    private int _pass;

    /// <summary>XxHash3 with 128 bits: a change that it does not see would never be found.</summary>
    internal static UInt128 Of(ReadOnlySpan<byte> page) => XxHash128.HashToUInt128(page);

    /// <summary>Begins to look at all pages.</summary>
    internal void BeginPass() => _pass++;

    /// <summary>Takes pages as they are now, and adds those that must be reported: new ones, and those that have changed or differ from what was copied.</summary>
    internal void Take(ReadOnlySpan<PageRange> ranges, ReadOnlySpan<UInt128> hashes, PageBitmap unreadable, ProcessPages changed)
    {
        lock (_gate)
        {
            int page = 0;
            foreach (PageRange range in ranges)
            {
                for (ulong address = range.Start; address < range.End; address += PageSize.Bytes, page++)
                {
                    if (!unreadable[page] && Take(address, hashes[page]))
                    {
                        changed.Append(address, address + PageSize.Bytes);
                    }
                }
            }
        }
    }

    /// <summary>Forgets pages that were not seen: they exist no more, and are new if they come back.</summary>
    internal void EndPass()
    {
        lock (_gate)
        {
            foreach ((ulong address, KnownPage page) in _pages)
            {
                if (page.Pass != _pass)
                {
                    _pages.Remove(address);
                }
            }
        }
    }

    internal void BeginCopy(ReadOnlySpan<PageRange> ranges)
    {
        lock (_gate)
        {
            foreach (PageRange range in ranges)
            {
                for (ulong address = range.Start; address < range.End; address += PageSize.Bytes)
                {
                    SetCopy(address, CopyState.Unknown, default);
                }
            }
        }
    }

    internal void EndCopy(ReadOnlySpan<PageRange> ranges, ReadOnlySpan<byte> content, PageBitmap unreadable)
    {
        int page = 0;
        foreach (PageRange range in ranges)
        {
            for (ulong address = range.Start; address < range.End; address += PageSize.Bytes, page++)
            {
                if (!unreadable[page])
                {
                    UInt128 hash = Of(content.Slice(page * PageSize.Bytes, PageSize.Bytes));
                    lock (_gate)
                    {
                        SetCopy(address, CopyState.Done, hash);
                    }
                }
            }
        }
    }

    private bool Take(ulong address, UInt128 hash)
    {
        ref KnownPage page = ref CollectionsMarshal.GetValueRefOrAddDefault(_pages, address, out bool known);
        bool report = !known || page.Differs(hash);
        page.Pass = _pass;
        page.Seen = hash;
        if (page.Copy == CopyState.Done)
        {
            page.Copy = CopyState.None;
        }

        return report;
    }

    // A page that no pass has seen yet is reported by the next one anyway.
    private void SetCopy(ulong address, CopyState state, UInt128 hash)
    {
        ref KnownPage page = ref CollectionsMarshal.GetValueRefOrNullRef(_pages, address);
        if (!System.Runtime.CompilerServices.Unsafe.IsNullRef(ref page))
        {
            page.Copy = state;
            page.Copied = hash;
        }
    }
}
