using System.Buffers;
using BenchmarkDotNet.Attributes;
using U2CMigration.Transport.Connections;
using U2CMigration.Transport.Pages;

namespace U2CMigration.Benchmarks.Transport;

/// <summary>
/// Encoding and decoding of batches; times are per page. Filling stands for the reading of process memory. "Through a buffer writer" is the way not
/// taken: the same frame with one more copy, into the memory of a pipe.
/// </summary>
public class PageBatchBenchmarks
{
    private readonly PageBatch _batch = new();
    private readonly PageBatch _sealed = new();
    private readonly FrameReader _frames = new("benchmark");
    private readonly OnePageSink _sink = new();
    private readonly ArrayBufferWriter<byte> _pipe = new(2 << 20);
    private byte[] _pages = [];
    private ulong _sequence;

    /// <summary>What lies in the pages.</summary>
    [Params(PageContent.Random, PageContent.HalfZero, PageContent.Zero)]
    public PageContent Content { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _pages = SamplePages.Create(Content);
        _pages.CopyTo(_sealed.Add(1, 0x10000, PageBatch.MaxPages));
        _sealed.Seal();
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = PageBatch.MaxPages)]
    public void Fill()
    {
        _batch.Clear();
        _pages.CopyTo(_batch.Add(1, 0x10000, PageBatch.MaxPages));
    }

    [Benchmark(OperationsPerInvoke = PageBatch.MaxPages)]
    public int FillAndEncode()
    {
        Fill();
        _batch.Seal();
        return _batch.Frame(0).Length;
    }

    [Benchmark(OperationsPerInvoke = PageBatch.MaxPages)]
    public int FillAndEncodeThroughABufferWriter()
    {
        Fill();
        _batch.Seal();
        _pipe.ResetWrittenCount();
        _pipe.Write(_batch.Frame(0).Span);
        return _pipe.WrittenCount;
    }

    [Benchmark(OperationsPerInvoke = PageBatch.MaxPages)]
    public bool Decode()
    {
        var buffer = new ReadOnlySequence<byte>(_sealed.Frame(_sequence++));
        return _frames.Read(ref buffer, _sink, out _) == FrameReader.Outcome.BatchEnd;
    }

    private sealed class OnePageSink : IPageSink
    {
        private readonly byte[] _page = new byte[PageBatch.PageBytes];

        public Span<byte> Prepare(int processId, ulong address) => _page;

        public void Complete(int processId, ulong address, ulong checksum)
        {
        }

        public void StoreZero(int processId, ulong address)
        {
        }

        public ReadOnlySpan<byte> Held(int processId, ulong address) => default;

        public bool Keep(int processId, ulong address, ulong checksum) => false;
    }
}
