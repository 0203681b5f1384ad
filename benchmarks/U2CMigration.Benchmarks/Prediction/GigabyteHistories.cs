using U2CMigration.PageTracking.Pages;
using U2CMigration.Prediction.Histories;

namespace U2CMigration.Benchmarks.Prediction;

/// <summary>Histories of the reference size: a million pages, of which a twentieth is unstable, all over memory.</summary>
internal static class GigabyteHistories
{
    public const int Pages = 1 << 20;

    private const ulong Base = 0x7f0000000000;

    /// <summary>Full histories.</summary>
    /// <param name="seed">Of the random writes.</param>
    /// <param name="learn">Is called after each sample.</param>
    public static PageHistories Create(int seed, Action<PageHistories>? learn = null)
    {
        var random = new Random(seed);
        byte[] kinds = new byte[Pages];
        for (int page = 0; page < Pages; page++)
        {
            // One in twenty is written at random, and unstable; one in twenty always.
            kinds[page] = (byte)random.Next(20);
        }

        var histories = new PageHistories();
        var sample = new PageSet();
        for (int i = 0; i <= PageHistories.Depth; i++)
        {
            sample.Clear();
            for (int page = 0; page < Pages; page++)
            {
                if (i == 0 || kinds[page] == 1 || (kinds[page] == 0 && random.Next(2) == 0))
                {
                    sample.Add(1, Base + ((ulong)page << 12), Base + ((ulong)(page + 1) << 12));
                }
            }

            histories.Observe(sample, null, TimeSpan.FromMilliseconds(250));
            learn?.Invoke(histories);
        }

        return histories;
    }
}
