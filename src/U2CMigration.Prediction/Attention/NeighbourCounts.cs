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
    public static uint Level(int count) => Levels[count];

    // By table: whether a count is 0 is nothing that a processor could guess.
    private static ReadOnlySpan<byte> Levels =>
    [
        0, 1, 2, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 5, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6,
        7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
    ];
}
