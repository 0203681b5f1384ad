using System.IO.Hashing;
using U2CMigration.PageTracking.Pages;

namespace U2CMigration.PageTracking.SharedObjects;

/// <summary>What the copy of an object holds, page by page, as hashes: zeros at first. Safe for concurrent use.</summary>
/// <remarks>
/// A page that is just being read to be copied counts as unknown, and differs from everything. So a comparison that reads the page first and looks here afterwards never takes for equal what is overtaken
/// by an older content on its way.
/// </remarks>
internal sealed class DeliveredContent
{
    private const int ChunkPages = 512;

    private static readonly UInt128 Zeros = Hash(new byte[PageSize.Bytes]);

    private readonly Dictionary<long, UInt128[]> _chunks = [];
    private readonly Lock _gate = new();
    private SuspectPages _read = SuspectPages.None();
    private int _scan;

    /// <summary>XxHash3 with 128 bits: a change that it does not see would never be found.</summary>
    internal static UInt128 Hash(ReadOnlySpan<byte> page) => XxHash128.HashToUInt128(page);

    /// <summary>Says that pages are about to be read to be copied.</summary>
    /// <returns>The time between two scans in which that is.</returns>
    internal int Begin(PageRange range)
    {
        lock (_gate)
        {
            for (long page = FirstOf(range), end = EndOf(range); page < end; page++)
            {
                Set(page, default);
            }

            return _scan;
        }
    }

    /// <summary>Begins a scan for written pages, and takes the pages that were read as a whole since the last one ended: those that it does not find hold what was read.</summary>
    internal SuspectPages TakeRead()
    {
        lock (_gate)
        {
            _scan++;
            (SuspectPages read, _read) = (_read, SuspectPages.None());
            return read;
        }
    }

    /// <summary>Ends a scan. What was read in its time may have been read before it came to that page.</summary>
    internal void EndScan()
    {
        lock (_gate)
        {
            _scan++;
            _read.Replace([]);
        }
    }

    /// <summary>Says what was read.</summary>
    internal void Complete(PageRange range, ReadOnlySpan<byte> content, int scan = -1)
    {
        Span<UInt128> hashes = stackalloc UInt128[16];
        long first = FirstOf(range);
        for (int done = 0; done < range.Pages;)
        {
            int count = (int)Math.Min(hashes.Length, range.Pages - done);
            for (int i = 0; i < count; i++)
            {
                hashes[i] = Hash(content.Slice((done + i) * PageSize.Bytes, PageSize.Bytes));
            }

            lock (_gate)
            {
                for (int i = 0; i < count; i++)
                {
                    Set(first + done + i, hashes[i]);
                }

                if (scan == _scan)
                {
                    _read.Add(new PageRange((ulong)(first + done) << PageSize.Shift, (ulong)(first + done + count) << PageSize.Shift));
                }
            }

            done += count;
        }
    }

    /// <summary>Adds the pages whose copy differs from some content.</summary>
    /// <param name="offset">The offset of the first page.</param>
    /// <param name="hashes">Of the content; it was read before this call.</param>
    /// <param name="differing">Receives the pages.</param>
    internal void AddDiffering(long offset, ReadOnlySpan<UInt128> hashes, List<PageRange> differing)
    {
        long first = offset >> PageSize.Shift;
        lock (_gate)
        {
            for (int i = 0; i < hashes.Length; i++)
            {
                if (Get(first + i) != hashes[i])
                {
                    Append(differing, first + i);
                }
            }
        }
    }

    /// <summary>Adds the pages of a hole whose copy is not zeros.</summary>
    internal void AddNotZero(long start, long end, List<PageRange> differing)
    {
        lock (_gate)
        {
            foreach (long chunk in Covered(start, end))
            {
                long from = Math.Max(start >> PageSize.Shift, chunk * ChunkPages);
                long to = Math.Min(end >> PageSize.Shift, (chunk + 1) * ChunkPages);
                UInt128[] hashes = _chunks[chunk];
                for (long page = from; page < to; page++)
                {
                    if (hashes[page % ChunkPages] != Zeros)
                    {
                        Append(differing, page);
                    }
                }
            }
        }
    }

    /// <summary>The pages below an offset whose copy is not zeros.</summary>
    internal List<PageRange> NotZero(long size)
    {
        var pages = new List<PageRange>();
        AddNotZero(0, (size + PageSize.Bytes - 1) & ~((long)PageSize.Bytes - 1), pages);
        return pages;
    }

    /// <summary>Says that the copy has nothing from an offset on, and reads as zeros should it grow there again.</summary>
    internal void Cut(long size)
    {
        lock (_gate)
        {
            long first = (size + PageSize.Bytes - 1) >> PageSize.Shift;
            foreach (long chunk in _chunks.Keys.Where(chunk => (chunk + 1) * ChunkPages > first).ToArray())
            {
                int from = (int)Math.Max(0, first - (chunk * ChunkPages));
                Array.Fill(_chunks[chunk], Zeros, from, ChunkPages - from);
            }
        }
    }

    private static long FirstOf(PageRange range) => (long)(range.Start >> PageSize.Shift);

    private static long EndOf(PageRange range) => (long)(range.End >> PageSize.Shift);

    private static void Append(List<PageRange> pages, long page)
    {
        ulong address = (ulong)page << PageSize.Shift;
        if (pages.Count > 0 && pages[^1].End == address)
        {
            pages[^1] = pages[^1] with { End = address + PageSize.Bytes };
        }
        else
        {
            pages.Add(new PageRange(address, address + PageSize.Bytes));
        }
    }

    /// <summary>A hole may have terabytes, so it is not walked where it is longer than what is known.</summary>
    private List<long> Covered(long start, long end)
    {
        long first = (start >> PageSize.Shift) / ChunkPages;
        long last = ((end - 1) >> PageSize.Shift) / ChunkPages;
        List<long> covered = [];
        if (last - first < _chunks.Count)
        {
            for (long chunk = first; chunk <= last; chunk++)
            {
                if (_chunks.ContainsKey(chunk))
                {
                    covered.Add(chunk);
                }
            }
        }
        else
        {
            covered.AddRange(_chunks.Keys.Where(chunk => chunk >= first && chunk <= last).Order());
        }

        return covered;
    }

    private UInt128 Get(long page) => _chunks.TryGetValue(page / ChunkPages, out UInt128[]? chunk) ? chunk[page % ChunkPages] : Zeros;

    private void Set(long page, UInt128 hash)
    {
        if (!_chunks.TryGetValue(page / ChunkPages, out UInt128[]? chunk))
        {
            chunk = new UInt128[ChunkPages];
            Array.Fill(chunk, Zeros);
            _chunks.Add(page / ChunkPages, chunk);
        }

        chunk[page % ChunkPages] = hash;
    }
}
