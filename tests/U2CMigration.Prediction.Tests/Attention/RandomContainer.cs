using U2CMigration.PageTracking.Pages;
using U2CMigration.PageTracking.SystemLevel;
using U2CMigration.Prediction.Histories;

namespace U2CMigration.Prediction.Tests.Attention;

/// <summary>A container whose pages are written at random, each at a rate of its own; neighbours are alike.</summary>
internal static class RandomContainer
{
    public const ulong Base = 0x7000_0000_0000;

    public static PageHistories Observe(int samples, int pages, int seed, Action<PageHistories>? each = null, SystemSample system = default)
    {
        Random random = new(seed);
        PageHistories histories = new();
        for (int sample = 0; sample < samples; sample++)
        {
            PageSet dirty = new();
            for (int page = 0; page < pages; page++)
            {
                if (sample == 0 || random.NextDouble() < (page / 32 % 8) / 8.0)
                {
                    dirty.Add(1, Base + ((ulong)page << PageSize.Shift), Base + ((ulong)(page + 1) << PageSize.Shift));
                }
            }

            histories.Observe(dirty, null, TimeSpan.FromMilliseconds(250), system);
            each?.Invoke(histories);
        }

        return histories;
    }
}
