using System.Buffers;
using BenchmarkDotNet.Attributes;
using U2CMigration.Transport.Codec;
using U2CMigration.Transport.Connections;
using U2CMigration.Transport.Pages;

namespace U2CMigration.Benchmarks.Transport;

/// <summary>
/// What a page costs in the codec on each side, by the way in which it travels at 1 Gbit/s; times are per page. Filling, one copy of the page, is the baseline; the
/// encoding fills first.
/// </summary>
public class PageCodecBenchmarks
{
    private const ulong Address = 0x10_0000;
    private const ulong BatchBytes = PageBatch.MaxPages * PageBatch.PageBytes;
    private const double GigabitPerSecond = 1e9 / 8;

    private readonly PageBatch _batch = new();
    private readonly PageBatch[] _sealed = [new(), new()];
    private PageCodec _codec = new(new PageCodecOptions());
    private readonly FrameReader _frames = new("benchmark") { AcceptsCodedPages = true };
    private readonly HeldPages _sink = new(Address, 3 * PageBatch.MaxPages);
    private byte[][] _versions = [];
    private int _version;
    private ulong _sequence;

    /// <summary>How the pages travel.</summary>
    [Params(PageKind.Zero, PageKind.Raw, PageKind.Unchanged, PageKind.Reference, PageKind.Compressed, PageKind.Delta)]
    public PageKind Kind { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        // Pages that compress well have small differences too.
        _codec = new PageCodec(new PageCodecOptions { UseDeltas = Kind != PageKind.Compressed }) { BytesPerSecond = GigabitPerSecond };
        (byte[] first, byte[] second) = CodecPages.Create(Kind);
        _versions = [first, second];
        if (Kind == PageKind.Reference)
        {
            Send(_batch, first, Address + BatchBytes);
            Send(_batch, second, Address + (2 * BatchBytes));
        }

        // In turn, as they are decoded afterwards; the first two are not yet against a version before.
        for (int i = 0; i < 4; i++)
        {
            Send(_sealed[i & 1], _versions[i & 1], Address);
        }

        PageKindStatistics most = _codec.Statistics.Kinds.MaxBy(kind => kind.Pages);
        if (most.Kind != Kind)
        {
            throw new InvalidOperationException($"The pages travel as {most.Kind}.");
        }
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = PageBatch.MaxPages)]
    public void Fill()
    {
        _batch.Clear();
        _versions[_version++ & 1].CopyTo(_batch.Add(1, Address, PageBatch.MaxPages));
    }

    [Benchmark(OperationsPerInvoke = PageBatch.MaxPages)]
    public int FillAndEncode()
    {
        Fill();
        _batch.Seal(_codec);
        return _batch.WireBytes;
    }

    [Benchmark(OperationsPerInvoke = PageBatch.MaxPages)]
    public bool Decode()
    {
        var buffer = new ReadOnlySequence<byte>(_sealed[_version++ & 1].Frame(_sequence++));
        return _frames.Read(ref buffer, _sink, out _) == FrameReader.Outcome.BatchEnd;
    }

    private void Send(PageBatch batch, byte[] pages, ulong address)
    {
        batch.Clear();
        pages.CopyTo(batch.Add(1, address, PageBatch.MaxPages));
        batch.Seal(_codec);
        var buffer = new ReadOnlySequence<byte>(batch.Frame(_sequence++));
        _frames.Read(ref buffer, _sink, out _);
    }

    private sealed class HeldPages(ulong start, int pages) : IPageSink
    {
        private readonly byte[] _bytes = new byte[pages * PageBatch.PageBytes];
        private readonly ulong[] _checksums = new ulong[pages];

        public Span<byte> Prepare(int processId, ulong address) => _bytes.AsSpan((int)(address - start), PageBatch.PageBytes);

        public void Complete(int processId, ulong address, ulong checksum) => _checksums[(address - start) / PageBatch.PageBytes] = checksum;

        public void StoreZero(int processId, ulong address) => _checksums[(address - start) / PageBatch.PageBytes] = PageChecksum.Zero;

        public ReadOnlySpan<byte> Held(int processId, ulong address) => Prepare(processId, address);

        public bool Keep(int processId, ulong address, ulong checksum) => _checksums[(address - start) / PageBatch.PageBytes] == checksum;
    }
}
