using System.Numerics;

namespace U2CMigration.Criu.LazyPages.Ranges;

/// <summary>One bit per lazy page: set for as long as the page has to be installed.</summary>
internal sealed class PendingPages
{
    private readonly ulong[] _words;

    /// <summary>All pages pending.</summary>
    internal PendingPages(long count)
    {
        _words = new ulong[(count + 63) >> 6];
        Array.Fill(_words, ulong.MaxValue);
        if ((count & 63) != 0)
        {
            _words[^1] = ulong.MaxValue >> (int)(64 - (count & 63));
        }

        Count = count;
    }

    private PendingPages(PendingPages other)
    {
        _words = (ulong[])other._words.Clone();
        Count = other.Count;
    }

    /// <summary>The number of pending pages.</summary>
    internal long Count { get; private set; }

    internal PendingPages Clone() => new(this);

    internal bool Contains(long ordinal) => (_words[ordinal >> 6] >> (int)(ordinal & 63) & 1) != 0;

    /// <summary>The first pending page in a range, or <paramref name="end"/>.</summary>
    internal long NextPending(long start, long end) => Next(start, end, 0);

    /// <summary>The first page in a range that is not pending, or <paramref name="end"/>.</summary>
    internal long NextSettled(long start, long end) => Next(start, end, ulong.MaxValue);

    /// <summary>Takes pages out.</summary>
    internal void Settle(long start, long end)
    {
        while (start < end)
        {
            int bit = (int)(start & 63);
            int length = (int)long.Min(64 - bit, end - start);
            ulong mask = (ulong.MaxValue >> (64 - length)) << bit;
            ref ulong word = ref _words[start >> 6];
            Count -= BitOperations.PopCount(word & mask);
            word &= ~mask;
            start += length;
        }
    }

    private long Next(long start, long end, ulong flip)
    {
        while (start < end)
        {
            ulong rest = (_words[start >> 6] ^ flip) >> (int)(start & 63);
            if (rest != 0)
            {
                return long.Min(start + BitOperations.TrailingZeroCount(rest), end);
            }

            start = (start | 63) + 1;
        }

        return end;
    }
}
