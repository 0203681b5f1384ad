using System.Buffers.Binary;
using System.Numerics;
using U2CMigration.Transport.Codec;
using U2CMigration.Transport.Frames;

namespace U2CMigration.Transport.Pages;

/// <summary>The head of a received batch, in either encoding; everything in it is checked before it is believed.</summary>
internal sealed class PageBatchHead
{
    private readonly PageRun[] _runs = new PageRun[PageBatch.MaxPages];
    private readonly PageShape[] _shapes = new PageShape[PageBatch.MaxPages];
    private readonly ulong[] _checksums = new ulong[PageBatch.MaxPages];
    private readonly PageReference[] _references = new PageReference[PageBatch.MaxPages];

    /// <summary>The pages in the batch.</summary>
    public int Pages { get; private set; }

    /// <summary>Which pages, one run behind the other.</summary>
    public ReadOnlySpan<PageRun> Runs => _runs;

    /// <summary>How each page travels.</summary>
    public ReadOnlySpan<PageShape> Shapes => _shapes;

    /// <summary>The checksum of each page that has one, in their order.</summary>
    public ReadOnlySpan<ulong> Checksums => _checksums;

    /// <summary>What each page that is a reference refers to, in their order.</summary>
    public ReadOnlySpan<PageReference> References => _references;

    /// <summary>Takes the head of the next batch.</summary>
    /// <param name="head">The part of the payload in front of the page data.</param>
    /// <param name="dataBytes">The length of the page data that follows.</param>
    /// <param name="acceptsCoded">Whether <see cref="PageEncoding.Coded"/> was agreed on.</param>
    /// <exception cref="MigrationProtocolException">The head is not valid.</exception>
    public void Read(ReadOnlySpan<byte> head, int dataBytes, bool acceptsCoded)
    {
        if (head.Length < PageBatch.HeadFixedBytes)
        {
            throw new MigrationProtocolException("a head of pages", $"{head.Length} bytes");
        }

        bool isCoded = acceptsCoded && head[0] == (byte)PageEncoding.Coded;
        if ((head[0] != (byte)PageEncoding.Raw && !isCoded) || head[1] != 0)
        {
            throw new MigrationProtocolException(
                acceptsCoded ? "page encoding 1 or 2" : "page encoding 1",
                $"{head[0]} with flags {head[1]}",
                "The peer uses a codec that was not agreed on; use the same release on both hosts.");
        }

        int runs = BinaryPrimitives.ReadUInt16LittleEndian(head[2..]);
        Pages = BinaryPrimitives.ReadUInt16LittleEndian(head[4..]);
        int runsEnd = PageBatch.HeadFixedBytes + (runs * PageBatch.RunBytes);
        if (Pages is 0 or > PageBatch.MaxPages || runs == 0 || runs > Pages || head.Length < runsEnd)
        {
            throw new MigrationProtocolException("a head of pages that fits its frame", $"{runs} runs of {Pages} pages in {head.Length} bytes");
        }

        int extra = BinaryPrimitives.ReadUInt16LittleEndian(head[6..]);
        ReadRuns(head[PageBatch.HeadFixedBytes..runsEnd]);
        ReadOnlySpan<byte> rest = head[runsEnd..];
        int checksums = isCoded ? ReadShapes(ref rest, dataBytes, extra) : ReadZeroBits(ref rest, dataBytes, extra);
        if (rest.Length != (checksums * sizeof(ulong)) + (isCoded ? extra * PageReference.Size : 0))
        {
            throw new MigrationProtocolException($"a head of pages with {checksums} checksums", $"{rest.Length} bytes for them");
        }

        for (int i = 0; i < checksums; i++)
        {
            _checksums[i] = BinaryPrimitives.ReadUInt64LittleEndian(rest[(i * sizeof(ulong))..]);
        }

        if (isCoded)
        {
            ReadReferences(rest[(checksums * sizeof(ulong))..]);
        }
    }

    private void ReadRuns(ReadOnlySpan<byte> bytes)
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

        if (sum != Pages)
        {
            throw new MigrationProtocolException($"runs of {Pages} pages together", $"{sum}");
        }
    }

    /// <summary>Reads the zero bits of a raw batch; returns the number of checksums.</summary>
    private int ReadZeroBits(ref ReadOnlySpan<byte> rest, int dataBytes, int dataPages)
    {
        int words = (Pages + 63) / 64;
        if (dataPages > Pages || rest.Length < words * sizeof(ulong) || dataBytes != dataPages * PageBatch.PageBytes)
        {
            throw new MigrationProtocolException("a head of pages that fits its frame", $"{Pages} pages, {dataPages} with data in {dataBytes} bytes");
        }

        int zeroPages = 0;
        ulong word = 0;
        for (int i = 0; i < words; i++)
        {
            word = BinaryPrimitives.ReadUInt64LittleEndian(rest[(i * sizeof(ulong))..]);
            zeroPages += BitOperations.PopCount(word);
            for (int page = i * 64; page < Math.Min(Pages, (i + 1) * 64); page++)
            {
                _shapes[page] = (word >> (page & 63) & 1) != 0 ? new PageShape(PageKind.Zero, 0) : new PageShape(PageKind.Raw, PageBatch.PageBytes);
            }
        }

        // A stray bit behind the last page would make the count right and a data page vanish.
        if (((Pages & 63) != 0 && word >> (Pages & 63) != 0) || zeroPages != Pages - dataPages)
        {
            throw new MigrationProtocolException($"{Pages - dataPages} zero pages marked within {Pages}", $"{zeroPages} marks");
        }

        rest = rest[(words * sizeof(ulong))..];
        return dataPages;
    }

    /// <summary>Reads the shapes of a coded batch; returns the number of checksums.</summary>
    private int ReadShapes(ref ReadOnlySpan<byte> rest, int dataBytes, int references)
    {
        if (rest.Length < Pages * PageShape.Size)
        {
            throw new MigrationProtocolException($"{Pages} page kinds", $"{rest.Length} bytes for them");
        }

        int checksums = 0;
        int referencesSeen = 0;
        int bytes = 0;
        for (int i = 0; i < Pages; i++)
        {
            PageShape shape = PageShape.Of(BinaryPrimitives.ReadUInt16LittleEndian(rest[(i * PageShape.Size)..]));
            if (shape.Problem() is { } problem)
            {
                throw new MigrationProtocolException("a known page kind with a length that fits", problem);
            }

            _shapes[i] = shape;
            checksums += shape.HasChecksum ? 1 : 0;
            referencesSeen += shape.Kind == PageKind.Reference ? 1 : 0;
            bytes += shape.Bytes;
        }

        if (bytes != dataBytes || referencesSeen != references)
        {
            throw new MigrationProtocolException($"page data of {bytes} bytes and {referencesSeen} references", $"{dataBytes} bytes and {references} references");
        }

        rest = rest[(Pages * PageShape.Size)..];
        return checksums;
    }

    private void ReadReferences(ReadOnlySpan<byte> bytes)
    {
        for (int i = 0; !bytes.IsEmpty; i++, bytes = bytes[PageReference.Size..])
        {
            var reference = new PageReference(BinaryPrimitives.ReadInt32LittleEndian(bytes), BinaryPrimitives.ReadUInt64LittleEndian(bytes[4..]));
            if (WireRules.ProblemOf(new PageRun(reference.ProcessId, reference.Address, 1)) is { } problem)
            {
                throw new MigrationProtocolException("a reference to a page in user space", problem);
            }

            _references[i] = reference;
        }
    }
}
