using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace U2CMigration.Prediction.Histories;

/// <summary>A square of 64 by 64 bits, one word a row.</summary>
/// <remarks>The exchange of ever smaller blocks of Warren, Hacker's Delight, section 7-3.</remarks>
internal static class BitMatrix
{
    /// <summary>Exchanges rows and columns: bit j of word i becomes bit i of word j.</summary>
    public static void Transpose(Span<ulong> rows)
    {
        ref ulong first = ref MemoryMarshal.GetReference(rows[..64]);
        Exchange(ref first, 32, 0x00000000FFFFFFFF);
        Exchange(ref first, 16, 0x0000FFFF0000FFFF);
        Exchange(ref first, 8, 0x00FF00FF00FF00FF);
        Exchange(ref first, 4, 0x0F0F0F0F0F0F0F0F);
        Exchange(ref first, 2, 0x3333333333333333);
        Exchange(ref first, 1, 0x5555555555555555);
    }

    private static void Exchange(ref ulong first, int distance, ulong mask)
    {
        int step = distance >= Vector<ulong>.Count ? Vector<ulong>.Count : 1;
        for (int block = 0; block < 64; block += 2 * distance)
        {
            for (int row = block; row < block + distance; row += step)
            {
                ref ulong upper = ref Unsafe.Add(ref first, row);
                ref ulong lower = ref Unsafe.Add(ref first, row + distance);
                if (step == 1)
                {
                    ulong moved = ((upper >> distance) ^ lower) & mask;
                    lower ^= moved;
                    upper ^= moved << distance;
                }
                else
                {
                    Vector<ulong> high = Vector.LoadUnsafe(ref upper);
                    Vector<ulong> low = Vector.LoadUnsafe(ref lower);
                    Vector<ulong> moved = ((high >>> distance) ^ low) & new Vector<ulong>(mask);
                    (low ^ moved).StoreUnsafe(ref lower);
                    (high ^ (moved << distance)).StoreUnsafe(ref upper);
                }
            }
        }
    }
}
