using System.Buffers;
using K4os.Compression.LZ4;
using U2CMigration.Transport.Codec;

namespace U2CMigration.Transport.Pages;

/// <summary>
/// Takes a batch of pages apart while it arrives: a page is decoded and hashed as soon as its last byte is there, while it is still in the cache.
/// </summary>
internal sealed class PageBatchDecoder
{
    private readonly PageBatchHead _head = new();
    private readonly byte[] _input = new byte[PageBatch.PageBytes];
    private readonly byte[] _difference = new byte[PageBatch.PageBytes];
    private readonly string _peer;
    private int _next;
    private int _nextChecksum;
    private int _nextReference;
    private int _run;
    private int _inRun;

    public PageBatchDecoder(string peer) => _peer = peer;

    /// <summary>Whether batches with <see cref="PageEncoding.Coded"/> may come.</summary>
    public bool AcceptsCoded { get; set; }

    /// <summary>The pages received in all batches, zero pages among them.</summary>
    public long PagesTaken { get; private set; }

    /// <summary>Takes the head of a batch.</summary>
    /// <param name="head">The part of the payload in front of the page data.</param>
    /// <param name="dataBytes">The length of the page data that follows.</param>
    /// <exception cref="MigrationProtocolException">The head is not valid.</exception>
    public void Begin(ReadOnlySpan<byte> head, int dataBytes)
    {
        _head.Read(head, dataBytes, AcceptsCoded);
        _next = _nextChecksum = _nextReference = _run = _inRun = 0;
    }

    /// <summary>Takes the pages that have arrived in full.</summary>
    /// <param name="data">What has arrived; becomes what was not taken.</param>
    /// <param name="sink">Where the pages go.</param>
    /// <returns>Whether the batch is complete.</returns>
    /// <exception cref="TransportException">A page does not match its checksum.</exception>
    /// <exception cref="MigrationProtocolException">A page builds on one that is not held.</exception>
    public bool Take(ref ReadOnlySequence<byte> data, IPageSink sink)
    {
        while (_next < _head.Pages)
        {
            PageShape shape = _head.Shapes[_next];
            if (data.Length < shape.Bytes)
            {
                return false;
            }

            PageRun run = _head.Runs[_run];
            TakePage(shape, new PageReference(run.ProcessId, run.Address + ((ulong)_inRun * PageBatch.PageBytes)), data, sink);
            if (shape.Bytes > 0)
            {
                data = data.Slice(shape.Bytes);
            }

            PagesTaken++;
            _next++;
            if (++_inRun == run.Pages)
            {
                _run++;
                _inRun = 0;
            }
        }

        return true;
    }

    private void TakePage(PageShape shape, PageReference page, in ReadOnlySequence<byte> data, IPageSink sink)
    {
        switch (shape.Kind)
        {
            case PageKind.Zero:
                sink.StoreZero(page.ProcessId, page.Address);
                return;
            case PageKind.Unchanged:
                if (!sink.Keep(page.ProcessId, page.Address, _head.Checksums[_nextChecksum++]))
                {
                    throw new MigrationProtocolException($"a page that is held as it was sent last (process {page.ProcessId}, 0x{page.Address:x})", "one that is not held, or in another version");
                }

                return;
            case PageKind.Raw:
                Span<byte> raw = sink.Prepare(page.ProcessId, page.Address);
                data.Slice(0, shape.Bytes).CopyTo(raw);
                Finish(page, raw, sink);
                return;
            case PageKind.Reference:
                ReadOnlySpan<byte> original = Held(_head.References[_nextReference++], sink);
                Span<byte> repeated = sink.Prepare(page.ProcessId, page.Address);
                original.CopyTo(repeated);
                Finish(page, repeated, sink);
                return;
            case PageKind.Compressed:
                Span<byte> whole = sink.Prepare(page.ProcessId, page.Address);
                Decompress(page, Piece(data, shape.Bytes, _input), whole);
                Finish(page, whole, sink);
                return;
            default:
                // The base is what was sent last of this page: frames keep their order, so its version needs no name. The checksum finds any other.
                ReadOnlySpan<byte> before = Held(page, sink);
                Decompress(page, Piece(data, shape.Bytes, _input), _difference);
                PageDifference.Apply(before, _difference);
                Span<byte> changed = sink.Prepare(page.ProcessId, page.Address);
                _difference.CopyTo(changed);
                Finish(page, changed, sink);
                return;
        }
    }

    private void Finish(PageReference page, ReadOnlySpan<byte> content, IPageSink sink)
    {
        // The hash is of what lies in the store, not of what was received: the copy is checked as well.
        ulong expected = _head.Checksums[_nextChecksum++];
        if (PageChecksum.Of(content) != expected)
        {
            throw Damaged(page);
        }

        sink.Complete(page.ProcessId, page.Address, expected);
    }

    private void Decompress(PageReference page, ReadOnlySpan<byte> data, Span<byte> content)
    {
        if (LZ4Codec.Decode(data, content) != PageBatch.PageBytes)
        {
            throw Damaged(page);
        }
    }

    private static ReadOnlySpan<byte> Held(PageReference page, IPageSink sink)
    {
        ReadOnlySpan<byte> held = sink.Held(page.ProcessId, page.Address);
        return held.Length == PageBatch.PageBytes
            ? held
            : throw new MigrationProtocolException($"a page that builds on a held one (process {page.ProcessId}, 0x{page.Address:x})", "one that is not held");
    }

    /// <summary>The first bytes in one piece; in the buffer given when they did not arrive so.</summary>
    private static ReadOnlySpan<byte> Piece(in ReadOnlySequence<byte> data, int bytes, Span<byte> buffer)
    {
        if (data.FirstSpan.Length >= bytes)
        {
            return data.FirstSpan[..bytes];
        }

        data.Slice(0, bytes).CopyTo(buffer);
        return buffer[..bytes];
    }

    private TransportException Damaged(PageReference page) => new(
        $"The page of process {page.ProcessId} at 0x{page.Address:x} from {_peer} arrived damaged. Nothing was committed, the source goes on; try again.",
        _peer, PagesTaken * PageBatch.PageBytes, isTransient: true);
}
