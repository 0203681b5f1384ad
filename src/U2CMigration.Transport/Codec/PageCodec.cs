using System.Diagnostics;
using K4os.Compression.LZ4;
using U2CMigration.Transport.Pages;

namespace U2CMigration.Transport.Codec;

/// <summary>
/// The source's side of the page codec: knows what the destination holds of every page, and finds for each page to be sent the way that costs least. Not sent at all:
/// zero pages, pages written with the content they had, contents that the destination holds elsewhere. Else the difference from what was sent last, the page
/// compressed, or the page as it is. See <c>docs/protocol.md</c>.
/// </summary>
/// <remarks>
/// Not safe for concurrent use. Batches sealed with it must be sent in the order in which they were sealed; when one was not sent, <see cref="Forget()"/>.
/// Allocates nothing per page, beyond memory for pages sent for the first time.
/// </remarks>
public sealed class PageCodec
{
    // What saves less than a sixteenth is not worth the destination's time.
    private const int MostEncodedBytes = PageRun.PageBytes * 15 / 16;

    // Above this, compressing the page itself may be better than its difference.
    private const int GoodDeltaBytes = PageRun.PageBytes / 2;

    // One page in 32 is tried in every way, whatever was learnt, so that a change of the content or of the link is noticed.
    private const ulong ProbeMask = 31;

    private readonly PageCodecOptions _options;
    private readonly SentPages _sent = new();
    private readonly ContentIndex _contents;
    private readonly BaseCache _bases;
    private readonly EncodingTrial _delta = new();
    private readonly EncodingTrial _compression = new();
    private readonly RecentMean _newPages = new(PageRun.PageBytes);
    private readonly RecentMean _againPages = new(PageRun.PageBytes);
    private readonly CodecCounters _counters = new();
    private readonly byte[] _difference = new byte[PageRun.PageBytes];
    private readonly byte[] _deltaData = new byte[MostEncodedBytes];
    private readonly byte[] _compressedData = new byte[MostEncodedBytes];

    /// <summary>Makes a codec for one connection; the destination holds nothing yet.</summary>
    /// <param name="options">What it may do; <see cref="PageCodecOptions.Mode"/> does not matter here.</param>
    /// <exception cref="ArgumentException">The options are not valid.</exception>
    public PageCodec(PageCodecOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        string problems = string.Join(' ', options.Problems());
        if (problems.Length > 0)
        {
            throw new ArgumentException($"The codec options are not valid. {problems}", nameof(options));
        }

        _options = options;
        _contents = new ContentIndex(_sent);
        _bases = new BaseCache(options.MaxBaseBytes > 0 ? options.MaxBaseBytes : PageCodecOptions.DefaultBaseBytes);
    }

    /// <summary>The bandwidth of the link, against which the time for encoding is weighed; 0 while it is not known, as if encoding cost nothing.</summary>
    public double BytesPerSecond { get; set; }

    /// <summary>The bytes on the wire that a page sent for the first time took on average lately; a whole page before the first.</summary>
    public double NewPageBytes => _newPages.Value;

    /// <summary>The bytes on the wire that a page sent again took on average lately; a whole page before the first.</summary>
    public double AgainPageBytes => _againPages.Value;

    /// <summary>What was done so far.</summary>
    public PageCodecStatistics Statistics => new(_counters.ToArray(), _bases.Bytes, _bases.Evicted);

    /// <summary>Forgets pages that the destination does not hold any more, or of which that is not sure: they travel whole next time.</summary>
    /// <param name="run">The pages.</param>
    public void Forget(PageRun run)
    {
        foreach (SentChunk chunk in _sent.Overlapping(run.ProcessId, run.Address, run.End))
        {
            int first = run.Address > chunk.Start ? SentChunk.PageOf(run.Address) : 0;
            int end = run.End < chunk.AddressOf(SentChunk.Pages) ? SentChunk.PageOf(run.End) : SentChunk.Pages;
            Forget(chunk, first, end);
        }
    }

    /// <summary>Forgets everything.</summary>
    public void Forget()
    {
        foreach (SentChunk chunk in _sent.Chunks)
        {
            Forget(chunk, 0, SentChunk.Pages);
        }
    }

    /// <summary>Decides how a page travels, and takes it that it does.</summary>
    /// <param name="processId">The process, as numbered in the images.</param>
    /// <param name="address">The address of the page.</param>
    /// <param name="page">Its content.</param>
    internal EncodedPage Encode(int processId, ulong address, ReadOnlySpan<byte> page)
    {
        long start = Stopwatch.GetTimestamp();
        SentChunk chunk = _sent.For(processId, address);
        int index = SentChunk.PageOf(address);
        bool cameAgain = chunk.IsKnown(index);
        EncodedPage encoded = Encode(chunk, index, page, cameAgain);
        int wireBytes = encoded.WireBytes;
        _counters.Count(encoded.Kind, wireBytes, Stopwatch.GetTimestamp() - start);
        (cameAgain ? _againPages : _newPages).Add(wireBytes);
        return encoded;
    }

    private EncodedPage Encode(SentChunk chunk, int index, ReadOnlySpan<byte> page, bool cameAgain)
    {
        if (!page.ContainsAnyExcept((byte)0))
        {
            _bases.Drop(chunk, index);
            chunk.Set(index, PageHash.Zero);
            return new EncodedPage { Kind = PageKind.Zero, Checksum = PageChecksum.Zero };
        }

        UInt128 hash = PageHash.Of(page);
        ulong checksum = PageHash.Checksum(hash);
        if (chunk.Holds(index, hash))
        {
            _bases.Touch(chunk, index);
            return new EncodedPage { Kind = PageKind.Unchanged, Checksum = checksum };
        }

        EncodedPage encoded;
        if (_options.UseReferences && _contents.TryFind(hash, out SentChunk other, out int otherIndex))
        {
            encoded = new EncodedPage { Kind = PageKind.Reference, Checksum = checksum, Reference = new PageReference(other.ProcessId, other.AddressOf(otherIndex)) };
            Rebase(chunk, index, page, cameAgain);
        }
        else
        {
            encoded = Shrink(chunk, index, page, checksum, cameAgain);
            _contents.Add(hash, chunk, index);
        }

        chunk.Set(index, hash);
        return encoded;
    }

    private EncodedPage Shrink(SentChunk chunk, int index, ReadOnlySpan<byte> page, ulong checksum, bool cameAgain)
    {
        bool isProbe = IsProbe(chunk, index);
        int deltaBytes = TryDelta(chunk, index, page, cameAgain, isProbe);
        int compressedBytes = 0;
        if (_options.UseCompression && (deltaBytes is 0 or > GoodDeltaBytes) && (isProbe || _compression.Pays(BytesPerSecond)))
        {
            compressedBytes = TryCompress(page);
        }

        if (compressedBytes > 0 && (deltaBytes == 0 || compressedBytes < deltaBytes))
        {
            return new EncodedPage { Kind = PageKind.Compressed, Checksum = checksum, Data = _compressedData.AsSpan(0, compressedBytes) };
        }

        return deltaBytes > 0
            ? new EncodedPage { Kind = PageKind.Delta, Checksum = checksum, Data = _deltaData.AsSpan(0, deltaBytes) }
            : new EncodedPage { Kind = PageKind.Raw, Checksum = checksum };
    }

    /// <summary>Encodes the difference from the base and makes the page the next base; returns the bytes of the difference, 0 for none.</summary>
    private int TryDelta(SentChunk chunk, int index, ReadOnlySpan<byte> page, bool cameAgain, bool isProbe)
    {
        ReadOnlySpan<byte> before = _bases.Find(chunk, index);
        if (before.IsEmpty || !(isProbe || _delta.Pays(BytesPerSecond)))
        {
            Rebase(chunk, index, page, cameAgain);
            return 0;
        }

        long start = Stopwatch.GetTimestamp();
        PageDifference.Between(before, page, _difference);
        int bytes = Compress(_difference, _deltaData);
        _bases.Keep(chunk, index, page, cameAgain);
        _delta.Add(Stopwatch.GetElapsedTime(start).TotalSeconds, bytes == 0 ? 0 : PageRun.PageBytes - bytes);
        return bytes;
    }

    private static int Compress(ReadOnlySpan<byte> source, Span<byte> target) => Math.Max(0, LZ4Codec.Encode(source, target, LZ4Level.L00_FAST));

    private int TryCompress(ReadOnlySpan<byte> page)
    {
        long start = Stopwatch.GetTimestamp();
        int bytes = Compress(page, _compressedData);
        _compression.Add(Stopwatch.GetElapsedTime(start).TotalSeconds, bytes == 0 ? 0 : PageRun.PageBytes - bytes);
        return bytes;
    }

    /// <summary>Makes what is sent the base of its page, or leaves the page without one: an older base must not stay.</summary>
    private void Rebase(SentChunk chunk, int index, ReadOnlySpan<byte> page, bool cameAgain)
    {
        if (_options.UseDeltas && (IsProbe(chunk, index) || _delta.Pays(BytesPerSecond)))
        {
            _bases.Keep(chunk, index, page, cameAgain);
        }
        else
        {
            _bases.Drop(chunk, index);
        }
    }

    // Fibonacci hashing of the page number: probes are spread over the memory, and always the same pages, so that they have a base when they come again.
    private static bool IsProbe(SentChunk chunk, int index) => ((chunk.AddressOf(index) >> 12) * 0x9e37_79b9_7f4a_7c15 >> 59 & ProbeMask) == 0;

    private void Forget(SentChunk chunk, int first, int end)
    {
        for (int page = first; page < end; page++)
        {
            chunk.Forget(page);
            _bases.Drop(chunk, page);
        }

        if (end - first == SentChunk.Pages)
        {
            _sent.Remove(chunk);
        }
    }
}
