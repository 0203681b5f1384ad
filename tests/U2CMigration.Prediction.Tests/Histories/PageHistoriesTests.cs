using CsCheck;
using U2CMigration.PageTracking.Pages;
using U2CMigration.Prediction.Histories;
using U2CMigration.Testing;

namespace U2CMigration.Prediction.Tests.Histories;

public sealed class PageHistoriesTests
{
    private const ulong Base = 0x7f0000000000;

    [Fact]
    public void DirtyWords_RandomSamples_EqualWhatWasObserved() =>
        Gen.Int[0, 1599].HashSet[0, 300].Array[1, 90].Sample(
            samples =>
            {
                var histories = new PageHistories();
                histories.Observe(Pages(1, Enumerable.Range(0, 1600)), null, TimeSpan.FromSeconds(1));
                foreach (HashSet<int> sample in samples)
                {
                    histories.Observe(Pages(1, sample.Order()), null, TimeSpan.FromSeconds(1));
                }

                for (int page = 0; page < 1600; page += 7)
                {
                    ulong expected = 0;
                    for (int age = 0; age < Math.Min(64, samples.Length); age++)
                    {
                        expected |= (samples[^(age + 1)].Contains(page) ? 1UL : 0) << age;
                    }

                    WordOf(histories, 1, page).Should().Be(expected);
                }
            },
            iter: 30);

    [Fact]
    public void Observe_FirstSampleOfAProcess_IsKnowledgeOfPagesAndNotOfWrites()
    {
        var histories = new PageHistories();
        histories.Observe(Pages(1, [0, 1, 2]), null, TimeSpan.FromSeconds(1));
        histories.Observe(Pages(1, [1]), null, TimeSpan.FromSeconds(1));
        int chunk = histories.Find(1, Base);

        histories.KnownPages(chunk)[0].Should().Be(0b111);
        histories.SamplesOf(chunk).Should().Be(1);
        histories.DirtyRow(chunk, 0)[0].Should().Be(0b010);
        histories.DirtyRow(chunk, 1)[0].Should().Be(0);
    }

    [Fact]
    public void Observe_ChunkThatAppearsLater_CountsFromItsFirstWrite()
    {
        var histories = new PageHistories();
        histories.Observe(Pages(1, [0]), null, TimeSpan.FromSeconds(1));
        histories.Observe(Pages(1, [0]), null, TimeSpan.FromSeconds(1));
        histories.Observe(Pages(1, [600]), null, TimeSpan.FromSeconds(1));

        int chunk = histories.Find(1, Base + (600UL << 12));
        histories.SamplesOf(chunk).Should().Be(1);
        histories.SamplesOf(histories.Find(1, Base)).Should().Be(2);
        WordOf(histories, 1, 600).Should().Be(1);
    }

    [Fact]
    public void Observe_AccessedBits_AreKeptFromTheFirstSampleThatHasThem()
    {
        var histories = new PageHistories();
        histories.Observe(Pages(1, [0, 1]), null, TimeSpan.FromSeconds(1));
        histories.Observe(Pages(1, [0]), null, TimeSpan.FromSeconds(1));
        histories.HasAccessed.Should().BeFalse();
        histories.Observe(Pages(1, [0]), Pages(1, [0, 1]), TimeSpan.FromSeconds(1));

        histories.HasAccessed.Should().BeTrue();
        histories.AccessedRow(histories.Find(1, Base), 0)[0].Should().Be(0b11);
        histories.AccessedRow(histories.Find(1, Base), 1)[0].Should().Be(0);
    }

    [Fact]
    public void Observe_TwoProcessesAtTheSameAddress_AreKeptApart()
    {
        var histories = new PageHistories();
        var both = new PageSet();
        both.Add(1, Base, Base + 0x1000);
        both.Add(2, Base, Base + 0x3000);
        histories.Observe(both, null, TimeSpan.FromSeconds(1));

        histories.KnownPages(histories.Find(1, Base))[0].Should().Be(0b1);
        histories.KnownPages(histories.Find(2, Base))[0].Should().Be(0b111);
        histories.Find(3, Base).Should().Be(0);
    }

    [Fact]
    public void Observe_ProcessGoneForAllSamples_IsForgottenAndItsChunksAreUsedAgain()
    {
        var histories = new PageHistories();
        histories.Observe(Pages(1, [0, 1]), null, TimeSpan.FromSeconds(1));
        int chunk = histories.Find(1, Base);
        for (int i = 0; i < PageHistories.Depth; i++)
        {
            histories.Observe(Pages(2, [5]), null, TimeSpan.FromSeconds(1));
        }

        histories.Find(1, Base).Should().Be(0);
        histories.Observe(Pages(3, [9]), null, TimeSpan.FromSeconds(1));
        histories.Find(3, Base).Should().Be(chunk);
        histories.KnownPages(chunk)[0].Should().Be(1 << 9);
    }

    [Fact]
    public void Observe_SteadyState_AllocatesNothing()
    {
        var histories = new PageHistories();
        PageSet sample = Pages(1, Enumerable.Range(0, 50_000).Where(static i => i % 3 != 0));
        histories.Observe(sample, sample, TimeSpan.FromSeconds(1));
        histories.Observe(sample, sample, TimeSpan.FromSeconds(1));

        long allocated = Allocation.LeastOf(5, () =>
        {
            for (int i = 0; i < 70; i++)
            {
                histories.Observe(sample, sample, TimeSpan.FromSeconds(1));
            }
        });

        allocated.Should().Be(0);
    }

    [Fact]
    public void Observe_AMillionPages_TakesAtMost24BytesEach()
    {
        var all = new PageSet();
        all.Add(1, Base, Base + (1UL << 32));
        long before = GC.GetAllocatedBytesForCurrentThread();

        var histories = new PageHistories();
        histories.Observe(all, all, TimeSpan.FromSeconds(1));

        ((GC.GetAllocatedBytesForCurrentThread() - before) / (1 << 20)).Should().BeLessThan(24);
    }

    private static ulong WordOf(PageHistories histories, int processId, int page)
    {
        int chunk = histories.Find(processId, Base + ((ulong)page << 12));
        ulong[] words = new ulong[64];
        histories.DirtyWords(chunk, page % 512 / 64, words);
        return words[page % 64];
    }

    private static PageSet Pages(int processId, IEnumerable<int> pages)
    {
        var set = new PageSet();
        foreach (int page in pages)
        {
            set.Add(processId, Base + ((ulong)page << 12), Base + ((ulong)(page + 1) << 12));
        }

        return set;
    }
}
