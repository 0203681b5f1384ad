using BenchmarkDotNet.Attributes;
using U2CMigration.Benchmarks.Transport;
using U2CMigration.Core.PageStores;
using U2CMigration.Transport.Pages;

namespace U2CMigration.Benchmarks.PageStores;

/// <summary>Writing 16,384 pages (64 MiB) that the store does not have yet, which takes memory from the kernel; times are per page.</summary>
public class NewPagesBenchmarks
{
    private const int Pages = 16_384;
    private const int BatchPages = PageBatch.MaxPages;

    private readonly byte[] _page = SamplePages.Create(PageContent.Random, 1);
    private PageStore _store = null!;

    [IterationSetup]
    public void Setup() => _store = new PageStore(new PageStoreOptions());

    [IterationCleanup]
    public void Cleanup() => _store.Dispose();

    [Benchmark(Baseline = true, OperationsPerInvoke = Pages)]
    public void FaultByFault() => Write(isExpected: false);

    [Benchmark(OperationsPerInvoke = Pages)]
    public void Expected() => Write(isExpected: true);

    private void Write(bool isExpected)
    {
        for (int i = 0; i < Pages; i++)
        {
            ulong address = (ulong)i << 12;
            if (isExpected && i % BatchPages == 0)
            {
                _store.Expect(1, address, BatchPages);
            }

            _page.CopyTo(_store.Prepare(1, address));
            _store.Complete(1, address, 1);
        }
    }
}
