using System.Numerics;
using U2CMigration.Prediction.Histories;

namespace U2CMigration.Prediction.Forests;

/// <summary>How much of a chunk was written in each of its last samples.</summary>
internal static class ChunkShares
{
    /// <summary>Fills in the share of pages written, newest sample first.</summary>
    public static void Fill(PageHistories histories, int chunk, Span<float> shares)
    {
        for (int age = 0; age < shares.Length; age++)
        {
            int count = 0;
            foreach (ulong word in histories.DirtyRow(chunk, age))
            {
                count += BitOperations.PopCount(word);
            }

            shares[age] = count / (float)PageHistories.ChunkPages;
        }
    }
}
