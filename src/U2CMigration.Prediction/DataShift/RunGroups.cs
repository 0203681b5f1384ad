using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using U2CMigration.Prediction.Histories;

namespace U2CMigration.Prediction.DataShift;

/// <summary>The groups of <see cref="RunOutcomes"/> that the 512 pages of a chunk belong to: bit i of all their numbers is one vector.</summary>
internal struct RunGroups
{
    /// <summary>How many bits a number has.</summary>
    public const int Bits = 6;

    private Vector512<ulong> _class0;
    private Vector512<ulong> _class1;
    private Vector512<ulong> _class2;
    private Vector512<ulong> _class3;

    /// <summary>Which pages are stable: the lowest bit.</summary>
    public Vector512<ulong> Stable { get; private set; }

    /// <summary>Which pages were written in the newest sample: the next bit.</summary>
    public Vector512<ulong> Last { get; private set; }

    /// <summary>Finds the groups as the newest sample makes them.</summary>
    public static RunGroups Of(PageHistories histories, int chunk, DataShiftRule rule)
    {
        ChunkRows rows = histories.DirtyRows(chunk);
        Vector512<ulong> last = rows[0];
        RunGroups groups = new() { Last = last, Stable = DataShiftKernel.Stable(histories, chunk, 0, rule) };
        Vector512<ulong> running = Vector512<ulong>.AllBitsSet;
        int length = 1;
        for (int i = 0; i < RunLengths.Classes - 1; i++)
        {
            for (; length <= RunLengths.LongestOf(i); length++)
            {
                running &= ~(last ^ rows[length]);
            }

            if (running == Vector512<ulong>.Zero)
            {
                break;
            }

            // Those whose run is longer move from class i to the next: the bits in which the two numbers differ turn.
            int turned = i ^ (i + 1);
            groups._class0 ^= running;
            groups._class1 ^= (turned & 2) != 0 ? running : Vector512<ulong>.Zero;
            groups._class2 ^= (turned & 4) != 0 ? running : Vector512<ulong>.Zero;
            groups._class3 ^= (turned & 8) != 0 ? running : Vector512<ulong>.Zero;
        }

        return groups;
    }

    /// <summary>Copies the bits of the numbers, the lowest first: <see cref="Bits"/> vectors.</summary>
    public readonly void CopyTo(Span<Vector512<ulong>> planes) =>
        (planes[0], planes[1], planes[2], planes[3], planes[4], planes[5]) = (Stable, Last, _class0, _class1, _class2, _class3);

    /// <summary>Adds to a count for each group the pages that belong to it.</summary>
    /// <param name="pages">Which pages count.</param>
    /// <param name="counts">One for each group.</param>
    public readonly void Count(Vector512<ulong> pages, Span<long> counts)
    {
        for (int i = 0; i < RunLengths.Classes; i++)
        {
            Vector512<ulong> some = pages & Equal(_class0, i & 1) & Equal(_class1, i & 2) & Equal(_class2, i & 4) & Equal(_class3, i & 8);
            if (some != Vector512<ulong>.Zero)
            {
                counts[RunOutcomes.GroupOf(i, false, false)] += BitVector.Count(some & ~Last & ~Stable);
                counts[RunOutcomes.GroupOf(i, false, true)] += BitVector.Count(some & ~Last & Stable);
                counts[RunOutcomes.GroupOf(i, true, false)] += BitVector.Count(some & Last & ~Stable);
                counts[RunOutcomes.GroupOf(i, true, true)] += BitVector.Count(some & Last & Stable);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> Equal(Vector512<ulong> plane, int bit) => bit != 0 ? plane : ~plane;
}
