using BenchmarkDotNet.Attributes;
using U2CMigration.Transport.Pages;

namespace U2CMigration.Benchmarks.Transport;

/// <summary>What is done to each page: the checksum, and the search for a byte that is not zero.</summary>
public class PageChecksumBenchmarks
{
    private readonly byte[] _random = SamplePages.Create(PageContent.Random, 1);
    private readonly byte[] _zero = new byte[PageBatch.PageBytes];

    [Benchmark(Baseline = true)]
    public ulong Checksum() => PageChecksum.Of(_random);

    [Benchmark]
    public bool IsZeroOfRandom() => !_random.AsSpan().ContainsAnyExcept((byte)0);

    [Benchmark]
    public bool IsZeroOfZero() => !_zero.AsSpan().ContainsAnyExcept((byte)0);
}
