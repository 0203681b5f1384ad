using BenchmarkDotNet.Attributes;
using U2CMigration.Benchmarks.Transport;
using U2CMigration.Core.PageStores;

namespace U2CMigration.Benchmarks.PageStores;

/// <summary>Writing 16,384 pages (64 MiB) that the store does not have yet, which takes memory from the kernel; times are per page.</summary>
public class NewPagesBenchmarks
{
    private const int Pages = 16_384;

    private readonly byte[] _page = SamplePages.Create(PageContent.Random, 1);
    private PageStore _store = null!;

    [IterationSetup]
    public void Setup() => _store = new PageStore(new PageStoreOptions());

    [IterationCleanup]
    public void Cleanup() => _store.Dispose();

    [Benchmark(OperationsPerInvoke = Pages)]
    public void WriteNew()
    {
        for (int i = 0; i < Pages; i++)
        {
            ulong address = (ulong)i << 12;
            _page.CopyTo(_store.Prepare(1, address));
            _store.Complete(1, address, 1);
        }
    }
}
