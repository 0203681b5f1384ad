using System.Numerics;
using U2CMigration.Prediction.Histories;

namespace U2CMigration.Prediction.Torch.Examples;

/// <summary>64 pages by kind, a bit each; or how many of each kind there are.</summary>
/// <param name="Unstable">The last three samples were not all alike.</param>
/// <param name="Stable">They were, but the page was written at some time.</param>
/// <param name="NeverWritten">It was never written while its history was kept.</param>
internal readonly record struct PageKinds(ulong Unstable, ulong Stable, ulong NeverWritten)
{
    /// <summary>The kinds of 64 pages of a chunk.</summary>
    public static PageKinds Of(PageHistories histories, int chunk, int word)
    {
        (ulong a, ulong b, ulong c) = (histories.DirtyRow(chunk, 0)[word], histories.DirtyRow(chunk, 1)[word], histories.DirtyRow(chunk, 2)[word]);
        ulong written = 0;
        for (int age = 0; age < PageHistories.Depth; age++)
        {
            written |= histories.DirtyRow(chunk, age)[word];
        }

        ulong unstable = (a | b | c) & ~(a & b & c);
        return new PageKinds(unstable, written & ~unstable, histories.KnownPages(chunk)[word] & ~written);
    }

    /// <summary>These counts and the numbers of pages of each kind.</summary>
    public PageKinds PlusCountOf(PageKinds pages) => new(
        Unstable + (ulong)BitOperations.PopCount(pages.Unstable),
        Stable + (ulong)BitOperations.PopCount(pages.Stable),
        NeverWritten + (ulong)BitOperations.PopCount(pages.NeverWritten));
}
