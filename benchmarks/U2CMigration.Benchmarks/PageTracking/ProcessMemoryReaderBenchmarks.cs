using System.Runtime.InteropServices;
using BenchmarkDotNet.Attributes;
using U2CMigration.Benchmarks.Transport;
using U2CMigration.PageTracking.Pages;
using U2CMigration.PageTracking.Reading;
using U2CMigration.Transport.Pages;

namespace U2CMigration.Benchmarks.PageTracking;

/// <summary>Reading the pages of a process into a batch, in one run or in 256 runs of one page; times are per page.</summary>
public unsafe class ProcessMemoryReaderBenchmarks
{
    private const int Pages = PageBatch.MaxPages;

    private readonly PageBatch _batch = new();
    private readonly ulong[] _unreadable = new ulong[PageBitmap.WordsFor(Pages)];
    private readonly PageRange[] _scattered = new PageRange[Pages];
    private readonly PageRange[] _oneRun = new PageRange[1];
    private ProcessMemoryReader _reader = null!;
    private void* _memory;

    [GlobalSetup]
    public void Setup()
    {
        _memory = NativeMemory.AlignedAlloc(2 * Pages * PageSize.Bytes, PageSize.Bytes);
        SamplePages.Create(PageContent.Random, 2 * Pages).CopyTo(new Span<byte>(_memory, 2 * Pages * PageSize.Bytes));
        ulong start = (ulong)_memory;
        _oneRun[0] = new PageRange(start, start + (Pages * PageSize.Bytes));
        for (int i = 0; i < Pages; i++)
        {
            ulong page = start + ((ulong)i * 2 * PageSize.Bytes);
            _scattered[i] = new PageRange(page, page + PageSize.Bytes);
        }

        _batch.Add(1, 0x10000, Pages);
        _reader = ProcessMemoryReader.Open(Environment.ProcessId);
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _reader.Dispose();
        NativeMemory.AlignedFree(_memory);
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Pages)]
    public int OneRun() => _reader.Read(_oneRun, _batch.Memory, new PageBitmap(_unreadable));

    [Benchmark(OperationsPerInvoke = Pages)]
    public int Scattered() => _reader.Read(_scattered, _batch.Memory, new PageBitmap(_unreadable));
}
