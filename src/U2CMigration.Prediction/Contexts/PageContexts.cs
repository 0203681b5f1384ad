using System.Numerics;
using U2CMigration.Prediction.Histories;

namespace U2CMigration.Prediction.Contexts;

/// <summary>The ways in which pages are grouped, so that what one page did tells about others in the same situation.</summary>
internal static class PageContexts
{
    /// <summary>How many ways there are.</summary>
    public const int Count = 7;

    /// <summary>The number of groups of each way.</summary>
    public const int Size = 4096;

    /// <summary>The groups that a page belongs to.</summary>
    /// <param name="page">The page.</param>
    /// <param name="horizon">How many samples ahead, from 0.</param>
    /// <param name="groups">Receives a group for each way.</param>
    public static void Find(in PageView page, int horizon, Span<int> groups)
    {
        ulong word = page.Word;
        int recent = BitOperations.PopCount(word & 0xffff);
        int all = Level(BitOperations.PopCount(word), page.Samples);
        groups[0] = (int)(word & 0xfff);
        groups[1] = Runs(word);
        groups[2] = (recent * 128) + (Level16(BitOperations.PopCount(word >> 16), page.Samples - 16) * 8) + (int)(word & 7);
        groups[3] = (int)((word & 7) | ((page.Left & 7) << 3) | ((page.Right & 7) << 6)) | (all << 9);
        groups[4] = (page.ChunkShares << 6) | (all << 3) | (int)(word & 7);
        groups[5] = Periodic(page, horizon, recent);
        groups[6] = (page.ContainerShares << 6) | (all << 3) | (int)(word & 7);
    }

    // The run that the page is in, how long its last run of the same kind was, and the one between.
    private static int Runs(ulong word)
    {
        int run = HistoryBits.Run(word);
        ulong rest = HistoryBits.Skip(word, run);
        int between = HistoryBits.Run(rest);
        int same = HistoryBits.Run(HistoryBits.Skip(rest, between));
        return (int)(word & 1) | (Math.Min(run - 1, 15) << 1) | (Math.Min(same - 1, 15) << 5) | (Coarse(between) << 9);
    }

    // What the page did one and two periods before the sample that is predicted.
    private static int Periodic(in PageView page, int horizon, int recent)
    {
        if (page.Period == 0)
        {
            return (int)(page.Word & 3) | (Math.Min(recent / 2, 7) << 2);
        }

        int once = page.Period - 1 - horizon;
        int around = (int)((once > 0 ? HistoryBits.Skip(page.Word, once - 1) : page.Word << 1) & 7);
        int twice = (int)(HistoryBits.Skip(page.Word, once + page.Period) & 1);
        return 1024 | (int)(page.Word & 3) | (Math.Min(recent / 2, 7) << 2) | (around << 5) | (twice << 8);
    }

    private static int Coarse(int length) => length switch { 1 => 0, 2 => 1, 3 => 2, < 6 => 3, < 10 => 4, < 16 => 5, < 32 => 6, _ => 7 };

    // Shares in eight steps that are finer where they are small.
    private static int Level(int written, int samples) => samples <= 0 ? 0 : (int)MathF.Min(7, 8 * MathF.Sqrt(written / (float)samples));

    private static int Level16(int written, int samples) => samples <= 0 ? 0 : 1 + (int)MathF.Min(14, 15 * MathF.Sqrt(written / (float)samples));
}
