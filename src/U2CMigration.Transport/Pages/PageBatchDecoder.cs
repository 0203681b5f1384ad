using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using U2CMigration.Transport.Frames;

namespace U2CMigration.Transport.Pages;

/// <summary>
/// Takes a batch of pages apart while it arrives: a page is copied and hashed as soon as its last byte is there, while it is still in the cache.
/// </summary>
internal sealed class PageBatchDecoder
{
    private readonly PageRun[] _runs = new PageRun[PageBatch.MaxPages];
    private readonly ulong[] _checksums = new ulong[PageBatch.MaxPages];
    private readonly ulong[] _zero = new ulong[PageBatch.MaxPages / 64];
    private readonly string _peer;
    private int _pages;
    private int _next;
    private int _nextData;
    private int _run;
    private int _inRun;

    public PageBatchDecoder(string peer) => _peer = peer;

    /// <summary>The pages received in all batches, zero pages among them.</summary>
    public long PagesTaken { get; private set; }

    /// <summary>Takes the head of a batch.</summary>
    /// <param name="head">The part of the payload in front of the page data.</param>
    /// <param name="dataBytes">The length of the page data that follows.</param>
    /// <exception cref="MigrationProtocolException">The head is not valid.</exception>
    public void Begin(ReadOnlySpan<byte> head, int dataBytes)
    {
        if (head.Length < PageBatch.HeadFixedBytes)
        {
            throw new MigrationProtocolException("a head of pages", $"{head.Length} bytes");
        }

        if (head[0] != (byte)PageEncoding.Raw || head[1] != 0)
        {
            throw new MigrationProtocolException(
                $"page encoding {(byte)PageEncoding.Raw}", $"{head[0]} with flags {head[1]}", "The peer uses a codec that was not agreed on; use the same release on both hosts.");
        }

        int runs = BinaryPrimitives.ReadUInt16LittleEndian(head[2..]);
        int pages = BinaryPrimitives.ReadUInt16LittleEndian(head[4..]);
        int dataPages = BinaryPrimitives.ReadUInt16LittleEndian(head[6..]);
        int zeroWords = (pages + 63) / 64;
        if (pages is 0 or > PageBatch.MaxPages || runs == 0 || runs > pages || dataPages > pages
            || head.Length != PageBatch.HeadFixedBytes + (runs * PageBatch.RunBytes) + ((zeroWords + dataPages) * sizeof(ulong))
            || dataBytes != dataPages * PageBatch.PageBytes)
        {
            throw new MigrationProtocolException(
                "a head of pages that fits its frame", $"{runs} runs, {pages} pages, {dataPages} with data in {head.Length} and {dataBytes} bytes");
        }

        ReadRuns(head.Slice(PageBatch.HeadFixedBytes, runs * PageBatch.RunBytes), pages);
        head = head[(PageBatch.HeadFixedBytes + (runs * PageBatch.RunBytes))..];
        ReadZeroBits(head[..(zeroWords * sizeof(ulong))], pages, dataPages);
        head = head[(zeroWords * sizeof(ulong))..];
        for (int i = 0; i < dataPages; i++)
        {
            _checksums[i] = BinaryPrimitives.ReadUInt64LittleEndian(head[(i * sizeof(ulong))..]);
        }

        _pages = pages;
        _next = _nextData = _run = _inRun = 0;
    }

    /// <summary>Takes the pages that have arrived in full.</summary>
    /// <param name="data">What has arrived; becomes what was not taken.</param>
    /// <param name="sink">Where the pages go.</param>
    /// <returns>Whether the batch is complete.</returns>
    /// <exception cref="TransportException">A page does not match its checksum.</exception>
    public bool Take(ref ReadOnlySequence<byte> data, IPageSink sink)
    {
        while (_next < _pages)
        {
            PageRun run = _runs[_run];
            ulong address = run.Address + ((ulong)_inRun * PageBatch.PageBytes);
            if ((_zero[_next >> 6] >> (_next & 63) & 1) != 0)
            {
                sink.StoreZero(run.ProcessId, address);
            }
            else
            {
                if (data.Length < PageBatch.PageBytes)
                {
                    return false;
                }

                Span<byte> page = sink.Prepare(run.ProcessId, address);
                ReadOnlySpan<byte> first = data.FirstSpan;
                if (first.Length >= PageBatch.PageBytes)
                {
                    first[..PageBatch.PageBytes].CopyTo(page);
                }
                else
                {
                    data.Slice(0, PageBatch.PageBytes).CopyTo(page);
                }

                data = data.Slice(PageBatch.PageBytes);
                ulong expected = _checksums[_nextData++];

                // The hash is of what lies in the store, not of what was received: the copy is checked as well.
                if (PageChecksum.Of(page) != expected)
                {
                    throw new TransportException(
                        $"The page of process {run.ProcessId} at 0x{address:x} from {_peer} arrived damaged. Nothing was committed, the source goes on; try again.",
                        _peer, PagesTaken * PageBatch.PageBytes, isTransient: true);
                }

                sink.Complete(run.ProcessId, address, expected);
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

    private void ReadRuns(ReadOnlySpan<byte> bytes, int pages)
    {
        long sum = 0;
        for (int i = 0; !bytes.IsEmpty; i++, bytes = bytes[PageBatch.RunBytes..])
        {
            var run = new PageRun(
                BinaryPrimitives.ReadInt32LittleEndian(bytes),
                BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]),
                BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]));
            if (WireRules.ProblemOf(run) is { } problem)
            {
                throw new MigrationProtocolException("a run of pages in user space in Pages", problem);
            }

            _runs[i] = run;
            sum += run.Pages;
        }

        if (sum != pages)
        {
            throw new MigrationProtocolException($"runs of {pages} pages together", $"{sum}");
        }
    }

    private void ReadZeroBits(ReadOnlySpan<byte> bytes, int pages, int dataPages)
    {
        int zeroPages = 0;
        for (int i = 0; i * sizeof(ulong) < bytes.Length; i++)
        {
            _zero[i] = BinaryPrimitives.ReadUInt64LittleEndian(bytes[(i * sizeof(ulong))..]);
            zeroPages += BitOperations.PopCount(_zero[i]);
        }

        // A stray bit behind the last page would make the count right and a data page vanish.
        if ((pages & 63) != 0 && _zero[pages >> 6] >> (pages & 63) != 0 || zeroPages != pages - dataPages)
        {
            throw new MigrationProtocolException($"{pages - dataPages} zero pages marked within {pages}", $"{zeroPages} marks");
        }
    }
}
