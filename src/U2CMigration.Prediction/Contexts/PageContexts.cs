using System.Numerics;
using U2CMigration.Prediction.Histories;

namespace U2CMigration.Prediction.Contexts;

/// <summary>The ways in which pages are grouped, so that what one page did tells about others in the same situation.</summary>
internal static class PageContexts
{
    /// <summary>How many ways there are.</summary>
    public const int Count = 13;

    /// <summary>The first of the ways whose groups depend on how far ahead one looks.</summary>
    public const int FirstAhead = 9;

    private const int LongHistory = 8;
    private const int Moments = FirstAhead;
    private const int LongMoments = FirstAhead + 1;
    private const int ShortMatches = FirstAhead + 2;
    private const int LongMatches = FirstAhead + 3;

    /// <summary>How many groups a way has. Two go by long histories: pages that did the same for so long may share a group with others.</summary>
    public static int SizeOf(int way) => way is LongHistory or LongMoments ? 1 << 16 : 4096;

    /// <summary>The groups that a page belongs to.</summary>
    /// <param name="page">The page.</param>
    /// <param name="horizon">How many samples ahead, from 0.</param>
    /// <param name="groups">Receives a group for each way.</param>
    public static void Find(in PageView page, int horizon, Span<int> groups)
    {
        Find(page, groups);
        FindAhead(page, new OwnMatches(page.Word, page.Samples), horizon, groups);
    }

    /// <summary>The groups of a page that do not depend on the horizon.</summary>
    /// <param name="page">The page.</param>
    /// <param name="groups">Receives a group for each way before <see cref="FirstAhead"/>.</param>
    public static void Find(in PageView page, Span<int> groups)
    {
        ulong word = page.Word;
        int recent = BitOperations.PopCount(word & 0xffff);
        int all = Level(BitOperations.PopCount(word), page.Samples);
        groups[0] = (int)(word & 0xfff);
        groups[1] = Runs(word);
        groups[2] = (recent * 128) + (Level16(BitOperations.PopCount(word >> 16), page.Samples - 16) * 8) + (int)(word & 7);
        groups[3] = (int)((word & 7) | ((page.Left & 7) << 3) | ((page.Right & 7) << 6)) | (all << 9);
        groups[4] = (page.ChunkShares << 6) | (all << 3) | (int)(word & 7);
        groups[5] = (page.ContainerShares << 6) | (all << 3) | (int)(word & 7);
        groups[6] = (page.Below << 6) | (page.Above << 3) | Coarse(HistoryBits.Run(word)) | ((int)(word & 1) << 9) | (Math.Min(3, all) << 10);
        groups[7] = (page.Repeats << 6) | (Coarse(HistoryBits.Run(word)) << 3) | (int)(word & 7);
        groups[LongHistory] = Hash(word & 0xfffff);
    }

    /// <summary>The groups of a page that depend on the horizon.</summary>
    /// <param name="page">The page.</param>
    /// <param name="matches">The moments of its own past that were like this one.</param>
    /// <param name="horizon">How many samples ahead, from 0.</param>
    /// <param name="groups">Receives a group for each way from <see cref="FirstAhead"/> on.</param>
    public static void FindAhead(in PageView page, OwnMatches matches, int horizon, Span<int> groups)
    {
        int then = AfterMoments(page, horizon);
        int recent = BitOperations.PopCount(page.Word & 0xffff);
        groups[Moments] = then | (Math.Min(recent / 2, 7) << 2);
        groups[LongMoments] = Hash((page.Word & 0x3fffffff) | ((ulong)(uint)then << 32));
        groups[ShortMatches] = matches.ShortGroup(horizon);
        groups[LongMatches] = matches.LongGroup(horizon, Level(BitOperations.PopCount(page.Word), page.Samples));
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

    // What the page did when what followed the similar moments was as far ahead.
    private static int AfterMoments(in PageView page, int horizon)
    {
        int first = page.Moments.First - 1 - horizon;
        int around = (int)((first > 0 ? HistoryBits.Skip(page.Word, first - 1) : page.Word << 1) & 7);
        return (int)(page.Word & 3) | (around << 5) | (Then(page, page.Moments.Second, horizon) << 8)
            | (Then(page, page.Moments.Third, horizon) << 9) | (page.Moments.First > 0 ? 1024 : 0);
    }

    private static int Then(in PageView page, int moment, int horizon) => (int)(HistoryBits.Skip(page.Word, Math.Max(0, moment - 1 - horizon)) & 1);

    private static int Hash(ulong value) => (int)((value * 0x9E3779B97F4A7C15) >> 48);

    private static int Coarse(int length) => length switch { 1 => 0, 2 => 1, 3 => 2, < 6 => 3, < 10 => 4, < 16 => 5, < 32 => 6, _ => 7 };

    // Shares in eight steps that are finer where they are small.
    private static int Level(int written, int samples) => samples <= 0 ? 0 : (int)MathF.Min(7, 8 * MathF.Sqrt(written / (float)samples));

    private static int Level16(int written, int samples) => samples <= 0 ? 0 : 1 + (int)MathF.Min(14, 15 * MathF.Sqrt(written / (float)samples));
}
