using System.Numerics;
using U2CMigration.Prediction.Histories;

namespace U2CMigration.Prediction.Forests;

/// <summary>What the forest is told about a page.</summary>
/// <remarks>
/// The last eight samples; how many of the last 4, 8, 16, 32 and 64 were written, as shares; the run it is in, the run before, the time since the last write;
/// how much its neighbours were written; the share of its chunk in the last two samples.
/// </remarks>
internal static class ForestFeatures
{
    /// <summary>How many figures there are.</summary>
    public const int Count = 20;

    /// <summary>Fills in the figures of a page, as they were some samples ago.</summary>
    /// <param name="words">The histories of the 64 pages around it; bit 0 is the newest sample.</param>
    /// <param name="page">Which of them.</param>
    /// <param name="samples">How many bits of the words say something.</param>
    /// <param name="age">How many samples to go back.</param>
    /// <param name="chunkShares">The share of the chunk that was written, by age.</param>
    /// <param name="figures">Receives <see cref="Count"/> figures.</param>
    public static void Fill(ReadOnlySpan<ulong> words, int page, int samples, int age, ReadOnlySpan<float> chunkShares, Span<float> figures)
    {
        ulong word = words[page] >> age;
        int known = Math.Max(1, samples - age);
        for (int i = 0; i < 8; i++)
        {
            figures[i] = (word >> i) & 1;
        }

        for (int i = 0; i < 5; i++)
        {
            figures[8 + i] = HistoryBits.Count(word, 4 << i) / (float)Math.Min(4 << i, known);
        }

        int run = HistoryBits.Run(word);
        figures[13] = run;
        figures[14] = HistoryBits.Run(HistoryBits.Skip(word, run));
        figures[15] = BitOperations.TrailingZeroCount(word);
        figures[16] = HistoryBits.Count(words[Math.Max(0, page - 1)] >> age, 4);
        figures[17] = HistoryBits.Count(words[Math.Min(63, page + 1)] >> age, 4);
        figures[18] = chunkShares[age];
        figures[19] = chunkShares[age + 1];
    }
}
