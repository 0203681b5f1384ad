using System.Numerics;
using U2CMigration.PageTracking.Pages;

namespace U2CMigration.PageTracking.SharedObjects;

/// <summary>The pages of an object about which it is not known that the copy holds what they hold. At first, and after each doubt, all of them.</summary>
/// <remarks>One thread at a time.</remarks>
internal sealed class SuspectPages
{
    private ulong[] _bits = [];

    /// <summary>Whether the whole object is suspect, whatever its size.</summary>
    internal bool IsAll { get; private set; } = true;

    /// <summary>The number of pages; only where not all are suspect.</summary>
    internal long Count => _bits.Sum(static word => (long)BitOperations.PopCount(word));

    internal void AddAll() => IsAll = true;

    /// <summary>Adds a run of pages, at offsets.</summary>
    internal void Add(PageRange range)
    {
        if (IsAll)
        {
            return;
        }

        long first = (long)(range.Start >> PageSize.Shift);
        long end = (long)(range.End >> PageSize.Shift);
        if (end > (long)_bits.Length * 64)
        {
            Array.Resize(ref _bits, (int)Math.Max((end + 63) / 64, 2L * _bits.Length));
        }

        for (long page = first; page < end;)
        {
            int bit = (int)(page & 63);
            int count = (int)Math.Min(64 - bit, end - page);
            _bits[page >> 6] |= (count == 64 ? ulong.MaxValue : (1UL << count) - 1) << bit;
            page += count;
        }
    }

    /// <summary>A set of no pages.</summary>
    internal static SuspectPages None() => new() { IsAll = false };

    /// <summary>Takes out pages; where all are suspect they stay so.</summary>
    internal void Remove(SuspectPages known)
    {
        for (int i = 0; !IsAll && i < Math.Min(_bits.Length, known._bits.Length); i++)
        {
            _bits[i] &= ~known._bits[i];
        }
    }

    /// <summary>Takes pages for the only suspects.</summary>
    internal void Replace(IEnumerable<PageRange> ranges)
    {
        IsAll = false;
        Array.Clear(_bits);
        foreach (PageRange range in ranges)
        {
            Add(range);
        }
    }

    /// <summary>The runs below an end, ascending; only where not all are suspect.</summary>
    internal List<PageRange> Runs(long size)
    {
        var runs = new List<PageRange>();
        long end = Math.Min((size + PageSize.Bytes - 1) >> PageSize.Shift, (long)_bits.Length * 64);
        for (long page = Next(0, end, set: true); page < end;)
        {
            long behind = Next(page, end, set: false);
            runs.Add(new PageRange((ulong)page << PageSize.Shift, (ulong)behind << PageSize.Shift));
            page = Next(behind, end, set: true);
        }

        return runs;
    }

    private long Next(long page, long end, bool set)
    {
        while (page < end)
        {
            ulong word = (set ? _bits[page >> 6] : ~_bits[page >> 6]) >> (int)(page & 63);
            if (word != 0)
            {
                return Math.Min(end, page + BitOperations.TrailingZeroCount(word));
            }

            page = (page | 63) + 1;
        }

        return end;
    }
}
