using CsCheck;
using U2CMigration.Core.PageStores;
using U2CMigration.Criu.LazyPages;
using U2CMigration.Transport.Pages;
using static U2CMigration.Core.Tests.PageStores.StorePages;

namespace U2CMigration.Core.Tests.PageStores;

/// <summary>The store against a dictionary that does the same the simple way.</summary>
public sealed class PageStoreModelTests
{
    private static readonly Gen<(int Kind, int ProcessId, int Page, int Pages, int Value)> Step =
        Gen.Select(Gen.Int[0, 5], Gen.Int[1, 2], Gen.Int[0, 1100], Gen.Int[1, 600], Gen.Int[0, 3]);

    [Fact]
    public void AnySteps_StoreAndDictionary_HoldTheSame() =>
        Step.Array[1, 25].Sample(steps =>
        {
            using var store = new PageStore(Small);
            Dictionary<(int ProcessId, int Page), int> model = [];
            foreach ((int kind, int processId, int page, int pages, int value) in steps)
            {
                Apply(store, model, kind, processId, page, pages, value);
            }

            AssertSame(store, model);
        }, iter: 150);

    private static void Apply(PageStore store, Dictionary<(int, int), int> model, int kind, int processId, int page, int pages, int value)
    {
        ulong address = (ulong)page << 12;
        switch (kind)
        {
            case 0 or 1 or 2:
                for (int i = 0; i < Math.Min(pages, 70); i++)
                {
                    int content = value == 0 ? 0 : (page + i) * 4 + value;
                    store.Put(processId, address + ((ulong)i << 12), content);
                    model[(processId, page + i)] = content;
                }

                break;
            case 3:
                store.Drop(new PageRun(processId, address, pages));
                Remove(model, processId, page, pages);
                break;
            case 4:
                store.Release(processId, address, pages);
                Remove(model, processId, page, pages);
                break;
            default:
                store.Prepare(processId, address).Fill(0xee);
                Remove(model, processId, page, 1);
                break;
        }
    }

    private static void Remove(Dictionary<(int, int), int> model, int processId, int page, int pages)
    {
        for (int i = 0; i < pages; i++)
        {
            model.Remove((processId, page + i));
        }
    }

    private static void AssertSame(PageStore store, Dictionary<(int ProcessId, int Page), int> model)
    {
        store.Statistics.HeldPages.Should().Be(model.Count);
        store.Statistics.ZeroPages.Should().Be(model.Values.Count(value => value == 0));
        store.Statistics.StoredBytes.Should().BeGreaterThanOrEqualTo(model.Values.Count(value => value != 0) * PageBytes);
        for (int processId = 1; processId <= 2; processId++)
        {
            var missing = new HashSet<int>(store.MissingFrom([new PageRun(processId, 0, 1800)])
                .SelectMany(run => Enumerable.Range((int)(run.Address >> 12), (int)run.Pages)));
            for (int page = 0; page < 1800; page++)
            {
                bool held = model.TryGetValue((processId, page), out int value);
                missing.Contains(page).Should().Be(!held);
                store.Contains(processId, (ulong)page << 12).Should().Be(held);
                if (held && !store.Read(processId, (ulong)page << 12).AsSpan().SequenceEqual(Page(value)))
                {
                    Assert.Fail($"page {page} of process {processId} is not {value}");
                }

                AssertRun(store, model, processId, page, held);
            }
        }
    }

    private static void AssertRun(PageStore store, Dictionary<(int, int), int> model, int processId, int page, bool held)
    {
        LazyPageRun run = store.Find(processId, (ulong)page << 12, 2000);
        int expected = 0;
        for (int at = page; held && at < ((page | 511) + 1) && model.TryGetValue((processId, at), out int next) && (next == 0) == (model[(processId, page)] == 0); at++)
        {
            expected++;
        }

        if (run.Pages != expected)
        {
            Assert.Fail($"the run at page {page} of process {processId} has {run.Pages} pages, not {expected}");
        }
    }
}
