using System.Numerics;

namespace U2CMigration.Prediction.Attention;

/// <summary>Three short descriptions of a page's past, each a number below <see cref="Size"/>, for which outcomes are counted in the running container.</summary>
internal static class PageContext
{
    /// <summary>How many descriptions there are.</summary>
    public const int Kinds = 3;

    /// <summary>How many values each may have.</summary>
    public const int Size = 256;

    /// <summary>The last eight samples.</summary>
    public static int Recent(ulong dirty) => (int)(dirty & 0xFF);

    /// <summary>The last three samples, the rate over all of them, and how many of the eight next neighbours were written.</summary>
    public static int Rate(ulong dirty, int samples, int neighbours)
    {
        int scaled = samples <= 0 ? 0 : (BitOperations.PopCount(dirty) * 64 / samples);
        uint rate = scaled == 0 ? 0 : Math.Min(7, NeighbourCounts.Level(Math.Min(scaled, 64)));
        int near = neighbours == 0 ? 0 : neighbours < 4 ? 1 : neighbours < 8 ? 2 : 3;
        return (int)(dirty & 7) | ((int)rate << 3) | (near << 6);
    }

    /// <summary>How long ago the page was written, and the time between that and the write before: what a page with a period shows.</summary>
    public static int Gaps(ulong dirty)
    {
        int since = Math.Min(15, BitOperations.TrailingZeroCount(dirty));
        ulong before = since + 1 > 15 ? 0 : dirty >> (since + 1);
        int gap = Math.Min(15, BitOperations.TrailingZeroCount(before));
        return since | (gap << 4);
    }
}
