using System.Runtime.Intrinsics;
using U2CMigration.Prediction.Histories;

namespace U2CMigration.Prediction.DataShift;

/// <summary>Sorts the 512 pages of a chunk by the length of their trailing run of equal bits.</summary>
/// <remarks>Lengths 1 to 8 have a class each; then come 9-12, 13-16, 17-24, 25-32, 33-48 and longer. Each class is split by the bit that is repeated.</remarks>
internal static class RunLengths
{
    /// <summary>How many classes of lengths there are.</summary>
    public const int Classes = 14;

    // The longest run of each class but the last.
    private static ReadOnlySpan<byte> Limits => [1, 2, 3, 4, 5, 6, 7, 8, 12, 16, 24, 32, 48];

    /// <summary>Finds which pages belong to each class.</summary>
    /// <param name="histories">The histories.</param>
    /// <param name="chunk">The chunk.</param>
    /// <param name="age">0 to look at the newest samples, n to look from the n-th newest back.</param>
    /// <param name="classes">Receives <see cref="Classes"/> vectors of one bit a page.</param>
    public static void Classify(PageHistories histories, int chunk, int age, Span<Vector512<ulong>> classes)
    {
        ChunkRows rows = histories.DirtyRows(chunk);
        Vector512<ulong> first = rows[age];
        Vector512<ulong> running = Vector512<ulong>.AllBitsSet;
        int length = 1;
        for (int i = 0; i < Limits.Length; i++)
        {
            Vector512<ulong> before = running;
            for (; length <= Limits[i] && running != Vector512<ulong>.Zero; length++)
            {
                running &= ~(first ^ rows[age + length]);
            }

            classes[i] = before & ~running;
        }

        classes[Classes - 1] = running;
    }

    /// <summary>The longest run of a class but the last.</summary>
    public static int LongestOf(int index) => Limits[index];

    /// <summary>The class of a length.</summary>
    /// <param name="length">At least 1.</param>
    public static int ClassOf(int length)
    {
        int index = 0;
        while (index < Limits.Length && length > Limits[index])
        {
            index++;
        }

        return index;
    }
}
