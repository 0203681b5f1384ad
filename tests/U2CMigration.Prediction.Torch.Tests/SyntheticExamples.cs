using U2CMigration.PageTracking.Pages;
using U2CMigration.Prediction.Histories;
using U2CMigration.Prediction.Torch.Examples;

namespace U2CMigration.Prediction.Torch.Tests;

/// <summary>Examples of a made-up container: a part swept with a period, a part written at random.</summary>
internal static class SyntheticExamples
{
    private const ulong Base = 0x7000_0000_0000;
    private const int Pages = 2048;

    public static List<ExampleGroup> Make(int samples = 40, int seed = 1, ExampleOptions? options = null)
    {
        ExampleCollector collector = new(options ?? new ExampleOptions(), 0);
        Observe(samples, seed, collector.Learn);
        collector.Finish();
        return [.. collector.Groups];
    }

    public static PageHistories Observe(int samples, int seed, Action<PageHistories>? each = null)
    {
        Random random = new(seed);
        PageHistories histories = new();
        for (int sample = 0; sample < samples; sample++)
        {
            PageSet dirty = new();
            for (int page = 0; page < Pages; page++)
            {
                bool written = page < Pages / 2 ? (page / 64 % 5) == sample % 5 : random.NextDouble() < (page % 7) / 8.0;
                if (sample == 0 || written)
                {
                    dirty.Add(1, Base + ((ulong)page << PageSize.Shift), Base + ((ulong)(page + 1) << PageSize.Shift));
                }
            }

            histories.Observe(dirty, null, TimeSpan.FromMilliseconds(250));
            each?.Invoke(histories);
        }

        return histories;
    }
}
