using U2CMigration.Prediction.Histories;

namespace U2CMigration.Prediction.Predictors;

/// <summary>Whether values are probabilities.</summary>
internal static class ProbabilityRange
{
    /// <summary>Whether all values of candidates lie between 0 and 1, both included.</summary>
    public static bool Holds(ReadOnlySpan<float> values, ReadOnlySpan<ulong> candidates)
    {
        Span<ulong> notNegative = stackalloc ulong[PageHistories.ChunkWords];
        Span<ulong> aboveOne = stackalloc ulong[PageHistories.ChunkWords];
        ThresholdMask.Fill(values, 0, notNegative);
        ThresholdMask.Fill(values, MathF.BitIncrement(1), aboveOne);
        ulong wrong = 0;
        for (int i = 0; i < PageHistories.ChunkWords; i++)
        {
            wrong |= candidates[i] & (~notNegative[i] | aboveOne[i]);
        }

        return wrong == 0;
    }
}
