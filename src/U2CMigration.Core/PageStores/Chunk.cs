using System.Numerics;
using U2CMigration.Transport.Pages;

namespace U2CMigration.Core.PageStores;

/// <summary>What is known about the 512 pages of one process that share one 2 MiB slot of the store.</summary>
/// <remarks>
/// Bitmaps change a word at a time, so readers never see half a change. Writing is for one thread; giving back takes the chunk as its lock.
/// </remarks>
internal sealed class Chunk(int processId, ulong start, long offset)
{
    public const int Pages = 512;
    public const int Shift = 21;
    public const int Bytes = 1 << Shift;

    private const int Words = Pages / 64;

    /// <summary>What is known about the pages takes so much itself: checksums, versions, bitmaps, and the objects they are in.</summary>
    public const int BookkeepingBytes = (Pages * (sizeof(ulong) + sizeof(uint))) + (4 * Words * sizeof(ulong)) + 320;

    public readonly ulong[] Present = new ulong[Words];
    public readonly ulong[] Zero = new ulong[Words];

    /// <summary>Pages that take memory, present or not.</summary>
    public readonly ulong[] Backed = new ulong[Words];

    /// <summary>Pages released while the store keeps everything.</summary>
    public readonly ulong[] Released = new ulong[Words];

    public readonly ulong[] Checksums = new ulong[Pages];
    public readonly uint[] Versions = new uint[Pages];

    public int ProcessId { get; } = processId;

    /// <summary>The address of the first page in the process.</summary>
    public ulong Start { get; } = start;

    /// <summary>Where the slot lies in the store.</summary>
    public long Offset { get; } = offset;

    /// <summary>The file that the slot is a piece of, at <see cref="Start"/>; null for the store's own.</summary>
    public AttachedFile? File { get; set; }

    /// <summary>Whether the bytes went with their file, so that only what is known of them is left.</summary>
    public bool IsDetached { get; set; }

    public static int PageOf(ulong address) => (int)(address >> 12) & (Pages - 1);

    public static bool Has(ulong[] bits, int page) => (Volatile.Read(ref bits[page >> 6]) >> (page & 63) & 1) != 0;

    // Volatile, so that a reader who sees the bit of a page also sees its bytes and checksum.
    public static void Set(ulong[] bits, int page) => Volatile.Write(ref bits[page >> 6], bits[page >> 6] | (1UL << (page & 63)));

    public static void Clear(ulong[] bits, int page) => Volatile.Write(ref bits[page >> 6], bits[page >> 6] & ~(1UL << (page & 63)));

    /// <summary>The first page in a range whose bit is set in some bits; the end of the range if there is none.</summary>
    public static int Next<TBits>(TBits bits, int page, int end)
        where TBits : struct, IChunkBits
    {
        while (page < end)
        {
            ulong word = bits.Word(page >> 6) >> (page & 63);
            if (word != 0)
            {
                return Math.Min(end, page + BitOperations.TrailingZeroCount(word));
            }

            page = (page | 63) + 1;
        }

        return end;
    }

    public ulong Checksum(int page) => Has(Zero, page) ? PageChecksum.Zero : Checksums[page];

    public bool HasAnyPresent()
    {
        foreach (ulong word in Present)
        {
            if (word != 0)
            {
                return true;
            }
        }

        return false;
    }
}
