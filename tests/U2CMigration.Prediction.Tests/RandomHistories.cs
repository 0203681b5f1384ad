using U2CMigration.PageTracking.Pages;
using U2CMigration.Prediction.Histories;

namespace U2CMigration.Prediction.Tests;

/// <summary>Histories with pages of every kind: idle, always written, random, periodic, changing.</summary>
internal static class RandomHistories
{
    public const ulong Base = 0x7f0000000000;

    /// <summary>Histories of one process with pages from <see cref="Base"/> on.</summary>
    public static PageHistories Create(int seed, int pages, int samples)
    {
        var histories = new PageHistories();
        var random = new Random(seed);
        double[] rates = [.. Enumerable.Range(0, pages).Select(_ => random.Next(4) switch { 0 => 0, 1 => 1, 2 => random.NextDouble(), _ => -1 - random.Next(6) })];
        Observe(histories, pages, _ => true);
        for (int sample = 0; sample < samples; sample++)
        {
            int now = sample;
            Observe(histories, pages, page => rates[page] < 0 ? (now + page) % (1 - (int)rates[page]) == 0 : random.NextDouble() < rates[page]);
        }

        return histories;
    }

    /// <summary>One more sample.</summary>
    public static void Observe(PageHistories histories, int pages, Func<int, bool> dirty)
    {
        var set = new PageSet();
        set.Of(1);
        for (int page = 0; page < pages; page++)
        {
            if (dirty(page))
            {
                set.Add(1, AddressOf(page), AddressOf(page + 1));
            }
        }

        histories.Observe(set, null, TimeSpan.FromSeconds(1));
    }

    public static ulong AddressOf(int page) => Base + ((ulong)page << 12);

    /// <summary>The history of one page; bit 0 is the newest.</summary>
    public static ulong WordOf(PageHistories histories, int page)
    {
        ulong[] words = new ulong[64];
        histories.DirtyWords(histories.Find(1, AddressOf(page)), page % 512 / 64, words);
        return words[page % 64];
    }
}
