using System.Numerics;
using U2CMigration.Prediction.Histories;

namespace U2CMigration.Prediction.Contexts;

/// <summary>The moments of a page's own past at which its last few samples were what they are now, and what it did after them: a page that keeps time of its own.</summary>
/// <remarks>In every word bit i stands for the moment i samples ago. A moment counts when all samples compared and what came after it are known.</remarks>
internal readonly ref struct OwnMatches
{
    private const int Short = 3;
    private const int Long = 7;

    private readonly ulong _word;
    private readonly int _samples;
    private readonly ulong _short;
    private readonly ulong _long;

    /// <param name="word">The history of the page.</param>
    /// <param name="samples">How many of its bits say something.</param>
    public OwnMatches(ulong word, int samples)
    {
        (_word, _samples) = (word, samples);
        ulong same = ulong.MaxValue;
        for (int i = 0; i < Long; i++)
        {
            // All ones where the sample was written now, none where it was not: what is left are the moments that differ.
            ulong now = 0 - ((word >> i) & 1);
            same &= ~((word >> i) ^ now);
            _short = i == Short - 1 ? same : _short;
        }

        _long = same;
    }

    /// <summary>The group of a page by what it did after moments when its last 3 samples were the same; up to 1,024 groups.</summary>
    /// <param name="horizon">How many samples after them, from 0.</param>
    public int ShortGroup(int horizon) => Group(_short, Short, horizon) | ((int)(_word & 7) << 7);

    /// <summary>The group by what it did after moments when its last 7 samples were the same, and the rate of the page; up to 1,024 groups.</summary>
    /// <param name="horizon">How many samples after them, from 0.</param>
    /// <param name="rate">The rate, in eight steps.</param>
    public int LongGroup(int horizon, int rate) => Group(_long, Long, horizon) | (rate << 7);

    // How many such moments there were, how often the page was written after them, and whether it was after the last of them.
    private int Group(ulong same, int length, int horizon)
    {
        ulong after = HistoryBits.Skip(same, horizon + 1) & HistoryBits.Mask(Math.Max(0, _samples - length - horizon));
        int moments = BitOperations.PopCount(after);
        int written = BitOperations.PopCount(after & _word);
        int last = (after & (0 - after) & _word) != 0 ? 1 : 0;
        return last | (Share(written, moments) << 1) | (Level(moments) << 4);
    }

    // Never and always are steps of their own.
    private static int Share(int written, int moments) => written == 0 ? 0 : written == moments ? 7 : 1 + (written * 6 / moments);

    private static int Level(int moments) => moments switch { 0 => 0, 1 => 1, 2 => 2, 3 => 3, < 6 => 4, < 10 => 5, < 20 => 6, _ => 7 };
}
