using System.Numerics;

namespace U2CMigration.Prediction.Histories;

/// <summary>Figures of one page's history, given as a word whose bit 0 is the newest sample.</summary>
internal static class HistoryBits
{
    /// <summary>The newest so many bits.</summary>
    public static ulong Mask(int samples) => samples >= 64 ? ulong.MaxValue : (1UL << samples) - 1;

    /// <summary>How many of the newest so many samples were written.</summary>
    public static int Count(ulong word, int samples) => BitOperations.PopCount(word & Mask(samples));

    /// <summary>The length of the run of equal bits that a word begins with.</summary>
    public static int Run(ulong word) => BitOperations.TrailingZeroCount((word & 1) == 0 ? word : ~word);

    /// <summary>The same word without its newest samples.</summary>
    public static ulong Skip(ulong word, int samples) => samples >= 64 ? 0 : word >> samples;
}
