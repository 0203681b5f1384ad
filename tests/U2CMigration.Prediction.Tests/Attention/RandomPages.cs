using U2CMigration.Prediction.Attention;

namespace U2CMigration.Prediction.Tests.Attention;

/// <summary>Inputs of pages as no container would make them: every bit that has a meaning is drawn.</summary>
internal static class RandomPages
{
    /// <summary>Draws 16 pages, some of them known for a few samples only.</summary>
    public static PageInput[] Draw(Random random) => [.. Enumerable.Range(0, LaneInputs.Lanes).Select(_ => DrawOne(random))];

    private static PageInput DrawOne(Random random)
    {
        int samples = random.Next(2) == 0 ? 64 : random.Next(1, 65);
        ulong known = ulong.MaxValue >> (64 - samples);
        (uint left0, uint left1, uint left2) = Neighbours(random);
        (uint right0, uint right1, uint right2) = Neighbours(random);
        return new PageInput
        {
            Dirty = Bits(random) & (random.Next(2) == 0 ? ulong.MaxValue : Bits(random)) & known,
            Samples = (uint)samples,
            Accessed = (uint)(Bits(random) & known),
            WideNew = Bits(random) & 0x7777777777777777,
            WideOld = Bits(random) & 0x7777777777777777,
            Beside = (uint)Bits(random) & 0x777777,
            Left0 = left0,
            Left1 = left1,
            Left2 = left2,
            Right0 = right0,
            Right1 = right1,
            Right2 = right2,
        };
    }

    private static (uint Bit0, uint Bit1, uint Bit2) Neighbours(Random random) => NeighbourCounts.Of(Bits(random), Bits(random), Bits(random), Bits(random));

    private static ulong Bits(Random random) => (ulong)random.NextInt64(long.MinValue, long.MaxValue);
}
