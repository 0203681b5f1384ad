using System.Runtime.Intrinsics;
using U2CMigration.Prediction.Histories;

namespace U2CMigration.Prediction.DataShift;

/// <summary>The two questions of the first phase, for the 512 pages of a chunk at once: is a page stable, and will it be written next?</summary>
internal static class DataShiftKernel
{
    /// <summary>Which pages are stable.</summary>
    /// <param name="histories">The histories.</param>
    /// <param name="chunk">The chunk.</param>
    /// <param name="age">0 to look at the newest samples, n to look from the n-th newest back.</param>
    /// <param name="rule">The rule.</param>
    public static Vector512<ulong> Stable(PageHistories histories, int chunk, int age, DataShiftRule rule)
    {
        if (rule.MinimumOnes == rule.Samples)
        {
            return AllEqual(histories, chunk, age, rule.Samples);
        }

        ChunkRows rows = histories.DirtyRows(chunk);
        BitCounter ones = default;
        for (int i = 0; i < rule.Samples; i++)
        {
            ones.Add(rows[age + i]);
        }

        return (ones.IsZero() | ones.IsAtLeast(rule.MinimumOnes)) & AllEqual(histories, chunk, age, rule.MinimumEqual);
    }

    /// <summary>Which pages are predicted to be written: those that were in the last sample if their run lasts, the others if it ends.</summary>
    public static Vector512<ulong> Dirty(PageHistories histories, int chunk, int age, DataShiftRule rule) =>
        ~(Row(histories, chunk, age) ^ AllEqual(histories, chunk, age, rule.MinimumRun));

    public static Vector512<ulong> Row(PageHistories histories, int chunk, int age) => histories.DirtyRows(chunk)[age];

    /// <summary>Whose so many samples are all the same.</summary>
    public static Vector512<ulong> AllEqual(PageHistories histories, int chunk, int age, int samples)
    {
        ChunkRows rows = histories.DirtyRows(chunk);
        Vector512<ulong> first = rows[age];
        Vector512<ulong> different = Vector512<ulong>.Zero;
        for (int i = 1; i < samples; i++)
        {
            different |= first ^ rows[age + i];
        }

        return ~different;
    }
}
