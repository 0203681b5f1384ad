using BenchmarkDotNet.Attributes;
using U2CMigration.Benchmarks.Transport;
using U2CMigration.Core.PageStores;
using U2CMigration.Transport.Pages;

namespace U2CMigration.Benchmarks.PageStores;

/// <summary>Writing over pages and finding them, in a store of 65,536 pages (256 MiB) of which one in eight is a zero page; times are per page.</summary>
public class PageStoreBenchmarks
{
    private const int Pages = 65_536;
    private const int Operations = 4096;

    private readonly byte[] _page = SamplePages.Create(PageContent.Random, 1);
    private readonly ulong[] _addresses = new ulong[Operations];
    private PageStore _store = null!;
    private ulong _checksum;

    [GlobalSetup]
    public void Setup()
    {
        _store = new PageStore(new PageStoreOptions());
        _checksum = PageChecksum.Of(_page);
        for (int i = 0; i < Pages; i++)
        {
            ulong address = 0x7f00_0000_0000 + ((ulong)i << 12);
            if (i % 8 == 0)
            {
                _store.StoreZero(1, address);
            }
            else
            {
                Write(address);
            }
        }

        var random = new Random(1);
        for (int i = 0; i < Operations; i++)
        {
            _addresses[i] = 0x7f00_0000_0000 + ((ulong)random.Next(Pages) << 12);
        }
    }

    [GlobalCleanup]
    public void Cleanup() => _store.Dispose();

    [Benchmark(Baseline = true, OperationsPerInvoke = Operations)]
    public int FindOnePage()
    {
        int pages = 0;
        foreach (ulong address in _addresses)
        {
            pages += _store.Find(1, address, 1).Pages;
        }

        return pages;
    }

    [Benchmark(OperationsPerInvoke = Operations)]
    public int FindLongestRun()
    {
        int pages = 0;
        foreach (ulong address in _addresses)
        {
            pages += _store.Find(1, address, 512).Pages;
        }

        return pages;
    }

    [Benchmark(OperationsPerInvoke = Operations)]
    public void WriteOver()
    {
        foreach (ulong address in _addresses)
        {
            Write(address);
        }
    }

    private void Write(ulong address)
    {
        _page.CopyTo(_store.Prepare(1, address));
        _store.Complete(1, address, _checksum);
    }
}
