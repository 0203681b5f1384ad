using System.Runtime.Intrinsics;

namespace U2CMigration.Prediction.Attention;

/// <summary>Adds up the bits of four pages for all samples at once: numbers from 0 to 4 as three words, bit i of the number of sample t is bit t of word i.</summary>
internal static class NeighbourCounts
{
    public static (uint Bit0, uint Bit1, uint Bit2) Of(ulong a, ulong b, ulong c, ulong d)
    {
        uint ab = (uint)(a ^ b);
        uint cd = (uint)(c ^ d);
        uint abCarry = (uint)(a & b);
        uint cdCarry = (uint)(c & d);
        uint carry = ab & cd;
        uint either = abCarry ^ cdCarry;
        return (ab ^ cd, either ^ carry, (abCarry & cdCarry) | (either & carry));
    }

    /// <summary>A number of pages out of 64 as a level: 0, 1, 2, up to 4, up to 8, up to 16, up to 32, more.</summary>
    public static uint Level(int count) => LevelOfCount[count];

    /// <summary>The levels of eight times 64 pages, one in each lane.</summary>
    /// <param name="pages">The pages that were written, one bit a page.</param>
    public static Vector512<ulong> Levels(Vector512<ulong> pages)
    {
        Vector512<ulong> counts = pages - ((pages >>> 1) & Vector512.Create(0x5555555555555555ul));
        counts = (counts & Vector512.Create(0x3333333333333333ul)) + ((counts >>> 2) & Vector512.Create(0x3333333333333333ul));
        counts = (counts + (counts >>> 4)) & Vector512.Create(0x0F0F0F0F0F0F0F0Ful);
        counts += counts >>> 8;
        counts += counts >>> 16;
        counts = (counts + (counts >>> 32)) & Vector512.Create(0x7Ful);

        // The exponent of 2 n - 1 in single precision is one less than the level of n; of nothing, the exponent is far below.
        Vector512<int> doubled = Vector512.Max((counts << 1).AsInt32() - Vector512<int>.One, Vector512<int>.Zero);
        Vector512<int> exponents = (Vector512.ConvertToSingle(doubled).AsInt32() >>> 23) - Vector512.Create(126);
        return Vector512.Max(exponents, Vector512<int>.Zero).AsUInt64();
    }

    // By table: whether a count is 0 is nothing that a processor could guess.
    private static ReadOnlySpan<byte> LevelOfCount =>
    [
        0, 1, 2, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 5, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6,
        7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
    ];
}
