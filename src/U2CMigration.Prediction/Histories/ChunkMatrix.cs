using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace U2CMigration.Prediction.Histories;

/// <summary>Makes the words of all pages of a chunk out of its rows: eight squares of 64 by 64 bits are transposed at once, one in each lane.</summary>
/// <remarks>The exchange of ever smaller blocks of Warren, Hacker's Delight, section 7-3, in two passes of three exchanges in registers each.</remarks>
internal static class ChunkMatrix
{
    private const int Side = PageHistories.Depth;
    private const int Lanes = PageHistories.ChunkWords;
    private const int Line = 64;

    /// <summary>Transposes: bit t of the word of page p is bit p of the row of age t.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="words">Receives a word for each page of the chunk.</param>
    [SkipLocalsInit]
    public static unsafe void Transpose(ChunkRows rows, Span<ulong> words)
    {
        // One more, so that each vector lies in one cache line.
        byte* room = stackalloc byte[(Side + 1) * Line];
        ref Vector512<ulong> first = ref Unsafe.AsRef<Vector512<ulong>>((void*)(((nuint)room + Line - 1) & ~(nuint)(Line - 1)));
        for (int i = 0; i < Side; i += 8)
        {
            ExchangeNear(rows, i, ref Unsafe.Add(ref first, i));
        }

        for (int i = 0; i < Side / 8; i++)
        {
            ExchangeFar(ref Unsafe.Add(ref first, i));
        }

        Deal(ref Unsafe.As<Vector512<ulong>, ulong>(ref first), ref MemoryMarshal.GetReference(words[..(Side * Lanes)]));
    }

    // Eight rows that follow each other: so they are read from memory in their order.
    private static void ExchangeNear(ChunkRows rows, int age, ref Vector512<ulong> to)
    {
        (Vector512<ulong> r0, Vector512<ulong> r1, Vector512<ulong> r2, Vector512<ulong> r3) = (rows[age], rows[age + 1], rows[age + 2], rows[age + 3]);
        (Vector512<ulong> r4, Vector512<ulong> r5, Vector512<ulong> r6, Vector512<ulong> r7) = (rows[age + 4], rows[age + 5], rows[age + 6], rows[age + 7]);
        Exchange(ref r0, ref r4, 4, 0x0F0F0F0F0F0F0F0F);
        Exchange(ref r1, ref r5, 4, 0x0F0F0F0F0F0F0F0F);
        Exchange(ref r2, ref r6, 4, 0x0F0F0F0F0F0F0F0F);
        Exchange(ref r3, ref r7, 4, 0x0F0F0F0F0F0F0F0F);
        Exchange(ref r0, ref r2, 2, 0x3333333333333333);
        Exchange(ref r1, ref r3, 2, 0x3333333333333333);
        Exchange(ref r4, ref r6, 2, 0x3333333333333333);
        Exchange(ref r5, ref r7, 2, 0x3333333333333333);
        Exchange(ref r0, ref r1, 1, 0x5555555555555555);
        Exchange(ref r2, ref r3, 1, 0x5555555555555555);
        Exchange(ref r4, ref r5, 1, 0x5555555555555555);
        Exchange(ref r6, ref r7, 1, 0x5555555555555555);
        (to, Unsafe.Add(ref to, 1), Unsafe.Add(ref to, 2), Unsafe.Add(ref to, 3)) = (r0, r1, r2, r3);
        (Unsafe.Add(ref to, 4), Unsafe.Add(ref to, 5), Unsafe.Add(ref to, 6), Unsafe.Add(ref to, 7)) = (r4, r5, r6, r7);
    }

    // Every eighth row.
    private static void ExchangeFar(ref Vector512<ulong> at)
    {
        (Vector512<ulong> r0, Vector512<ulong> r1, Vector512<ulong> r2, Vector512<ulong> r3) = (at, Unsafe.Add(ref at, 8), Unsafe.Add(ref at, 16), Unsafe.Add(ref at, 24));
        (Vector512<ulong> r4, Vector512<ulong> r5, Vector512<ulong> r6, Vector512<ulong> r7) =
            (Unsafe.Add(ref at, 32), Unsafe.Add(ref at, 40), Unsafe.Add(ref at, 48), Unsafe.Add(ref at, 56));
        Exchange(ref r0, ref r4, 32, 0x00000000FFFFFFFF);
        Exchange(ref r1, ref r5, 32, 0x00000000FFFFFFFF);
        Exchange(ref r2, ref r6, 32, 0x00000000FFFFFFFF);
        Exchange(ref r3, ref r7, 32, 0x00000000FFFFFFFF);
        Exchange(ref r0, ref r2, 16, 0x0000FFFF0000FFFF);
        Exchange(ref r1, ref r3, 16, 0x0000FFFF0000FFFF);
        Exchange(ref r4, ref r6, 16, 0x0000FFFF0000FFFF);
        Exchange(ref r5, ref r7, 16, 0x0000FFFF0000FFFF);
        Exchange(ref r0, ref r1, 8, 0x00FF00FF00FF00FF);
        Exchange(ref r2, ref r3, 8, 0x00FF00FF00FF00FF);
        Exchange(ref r4, ref r5, 8, 0x00FF00FF00FF00FF);
        Exchange(ref r6, ref r7, 8, 0x00FF00FF00FF00FF);
        (at, Unsafe.Add(ref at, 8), Unsafe.Add(ref at, 16), Unsafe.Add(ref at, 24)) = (r0, r1, r2, r3);
        (Unsafe.Add(ref at, 32), Unsafe.Add(ref at, 40), Unsafe.Add(ref at, 48), Unsafe.Add(ref at, 56)) = (r4, r5, r6, r7);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Exchange(ref Vector512<ulong> upper, ref Vector512<ulong> lower, int distance, ulong mask)
    {
        Vector512<ulong> moved = ((upper >>> distance) ^ lower) & Vector512.Create(mask);
        lower ^= moved;
        upper ^= moved << distance;
    }

    // What lies lane by lane goes to page by page.
    private static void Deal(ref ulong from, ref ulong to)
    {
        for (int lane = 0; lane < Lanes; lane++)
        {
            for (int page = 0; page < Side; page += 4)
            {
                ref ulong four = ref Unsafe.Add(ref from, (page * Lanes) + lane);
                ulong a = four, b = Unsafe.Add(ref four, Lanes), c = Unsafe.Add(ref four, 2 * Lanes), d = Unsafe.Add(ref four, 3 * Lanes);
                ref ulong place = ref Unsafe.Add(ref to, (lane * Side) + page);
                (place, Unsafe.Add(ref place, 1), Unsafe.Add(ref place, 2), Unsafe.Add(ref place, 3)) = (a, b, c, d);
            }
        }
    }
}
