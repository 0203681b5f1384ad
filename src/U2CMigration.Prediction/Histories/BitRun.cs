using System.Numerics;
using U2CMigration.PageTracking.Pages;

namespace U2CMigration.Prediction.Histories;

/// <summary>Runs of set bits: from page ranges to bits, and back.</summary>
internal static class BitRun
{
    /// <summary>Sets the bits from one index to another (exclusive).</summary>
    public static void Set(Span<ulong> bits, int from, int to)
    {
        int first = from >> 6;
        int last = (to - 1) >> 6;
        ulong head = ulong.MaxValue << (from & 63);
        ulong tail = ulong.MaxValue >> (63 - ((to - 1) & 63));
        if (first == last)
        {
            bits[first] |= head & tail;
            return;
        }

        bits[first] |= head;
        bits[(first + 1)..last].Fill(ulong.MaxValue);
        bits[last] |= tail;
    }

    /// <summary>Adds the pages whose bits are set to a set.</summary>
    /// <param name="bits">One bit a page.</param>
    /// <param name="start">The address of the first bit's page.</param>
    /// <param name="processId">The process.</param>
    /// <param name="result">Receives the pages.</param>
    public static void AddTo(ReadOnlySpan<ulong> bits, ulong start, int processId, PageSet result)
    {
        for (int word = 0; word < bits.Length; word++)
        {
            ulong rest = bits[word];
            int at = word * 64;
            while (rest != 0)
            {
                int skip = BitOperations.TrailingZeroCount(rest);
                int length = BitOperations.TrailingZeroCount(~(rest >> skip));
                ulong from = start + ((ulong)(at + skip) << PageSize.Shift);
                result.Add(processId, from, from + ((ulong)length << PageSize.Shift));
                int used = skip + length;
                rest = used == 64 ? 0 : rest >> used << used;
            }
        }
    }
}
