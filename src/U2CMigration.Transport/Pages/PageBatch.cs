using System.Buffers.Binary;
using System.Runtime.InteropServices;
using U2CMigration.Transport.Codec;
using U2CMigration.Transport.Frames;

namespace U2CMigration.Transport.Pages;

/// <summary>
/// Up to 256 pages on their way out. The pages are read straight into it, and it leaves as one contiguous frame: no copy, no allocation. Reusable
/// after <see cref="Clear"/>; with two of them one can be filled while the other is sent.
/// </summary>
/// <remarks>
/// Not safe for concurrent use. Order of calls: <see cref="Add"/> any number of times, fill the memory, <see cref="Exclude"/> pages that could not be
/// read, send. <see cref="Seal()"/> is called by the sending if it was not called before.
/// </remarks>
public sealed partial class PageBatch
{
    /// <summary>The size of a page: 4096 bytes.</summary>
    public const int PageBytes = PageRun.PageBytes;

    /// <summary>The most pages in a batch: 256, 1 MiB.</summary>
    public const int MaxPages = 256;

    internal const int HeadFixedBytes = 8;

    internal const int RunBytes = 16;

    // The pages lie at a fixed place and the head is written backwards from it, so that both are one piece whatever the length of the head.
    private const int HeadRoom = 12288;

    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(HeadRoom + ((MaxPages + 1) * PageBytes), pinned: true);
    private readonly int _dataOffset;
    private readonly PageRun[] _runs = new PageRun[MaxPages];
    private readonly PageRun[] _wireRuns = new PageRun[MaxPages];
    private readonly ulong[] _checksums = new ulong[MaxPages];
    private readonly ulong[] _excluded = new ulong[MaxPages / 64];
    private readonly ulong[] _zero = new ulong[MaxPages / 64];
    private int _runCount;
    private int _frameStart;
    private int _frameBytes;
    private bool _sealed;

    /// <summary>Makes an empty batch; it takes 1 MiB.</summary>
    public PageBatch()
    {
        // Pages to pages: the kernel's copy out of another process is five times slower to a place 16 bytes off, where an array would begin.
        nint head = Marshal.UnsafeAddrOfPinnedArrayElement(_buffer, HeadRoom);
        _dataOffset = HeadRoom + (int)(-head & (PageBytes - 1));
    }

    /// <summary>The pages added, with those excluded.</summary>
    public int PageCount { get; private set; }

    /// <summary>The pages that can still be added.</summary>
    public int FreePages => MaxPages - PageCount;

    /// <summary>The pages that travel, zero pages among them. Known after <see cref="Seal()"/>.</summary>
    public int SentPages { get; private set; }

    /// <summary>The pages full of zero bytes, which travel as one bit. Known after <see cref="Seal()"/>.</summary>
    public int ZeroPages { get; private set; }

    /// <summary>Whether it was sealed with a codec.</summary>
    public bool IsCoded { get; private set; }

    /// <summary>The bytes on the wire. Known after <see cref="Seal()"/>.</summary>
    public int WireBytes => _frameBytes;

    /// <summary>The memory of all pages added, one behind the other; to be filled before <see cref="Seal()"/>. It is pinned and begins at a multiple of 4096.</summary>
    public Span<byte> Memory => _buffer.AsSpan(_dataOffset, PageCount * PageBytes);

    /// <summary>The checksums of the pages that travel, in the order in which they were added. Known after <see cref="Seal()"/>.</summary>
    public ReadOnlySpan<ulong> Checksums => _checksums.AsSpan(0, SentPages);

    /// <summary>Makes room for consecutive pages of a process.</summary>
    /// <param name="processId">The process, as numbered in the images.</param>
    /// <param name="address">The address of the first page.</param>
    /// <param name="pages">The number of pages; at most <see cref="FreePages"/>.</param>
    /// <returns>The memory to be filled with them.</returns>
    /// <exception cref="ArgumentException">Not pages of user space, or more than there is room for.</exception>
    /// <exception cref="InvalidOperationException">The batch is sealed.</exception>
    public Span<byte> Add(int processId, ulong address, int pages)
    {
        if (_sealed)
        {
            throw new InvalidOperationException("The batch is sealed. Clear it before pages are added.");
        }

        ArgumentOutOfRangeException.ThrowIfGreaterThan(pages, FreePages);
        var run = new PageRun(processId, address, pages);
        if (WireRules.ProblemOf(run) is { } problem)
        {
            throw new ArgumentException($"Not a run of pages: {problem}.", nameof(address));
        }

        _runs[_runCount++] = run;
        Span<byte> memory = _buffer.AsSpan(_dataOffset + (PageCount * PageBytes), pages * PageBytes);
        PageCount += pages;
        return memory;
    }

    /// <summary>Leaves out a page that could not be read. Nothing of it travels.</summary>
    /// <param name="index">The page, counted from the first one added.</param>
    public void Exclude(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)PageCount, nameof(index));
        _excluded[index >> 6] |= 1UL << (index & 63);
    }

    /// <summary>Finds zero pages, computes the checksums and writes the head. The memory must not be changed or read afterwards.</summary>
    public void Seal() => Seal(null);

    /// <summary>Encodes the pages and writes the head. The memory must not be changed or read afterwards.</summary>
    /// <param name="codec">How the pages are encoded; null for as they are. The peer must have <see cref="ProtocolFeatures.PageCodec"/>.</param>
    public void Seal(PageCodec? codec)
    {
        if (_sealed)
        {
            return;
        }

        _sealed = true;
        IsCoded = codec is not null;
        int wireRuns = 0;
        int dataPages = 0;
        int index = 0;
        for (int r = 0; r < _runCount; r++)
        {
            PageRun run = _runs[r];
            for (int p = 0; p < run.Pages; p++, index++)
            {
                if ((_excluded[index >> 6] >> (index & 63) & 1) != 0)
                {
                    continue;
                }

                ulong address = run.Address + ((ulong)p * PageBytes);
                wireRuns = AppendToRuns(wireRuns, run.ProcessId, address);
                if (codec is null)
                {
                    dataPages = Take(index, dataPages);
                }
                else
                {
                    Encode(codec, run.ProcessId, address, index);
                }

                SentPages++;
            }
        }

        if (codec is null)
        {
            ZeroPages = SentPages - dataPages;
            WriteHead(wireRuns, dataPages);
        }
        else
        {
            WriteCodedHead(wireRuns);
        }
    }

    /// <summary>Empties the batch for the next pages.</summary>
    public void Clear()
    {
        _runCount = 0;
        _sealed = false;
        _frameBytes = 0;
        PageCount = 0;
        SentPages = 0;
        ZeroPages = 0;
        IsCoded = false;
        _dataBytes = 0;
        _referenceCount = 0;
        Array.Clear(_excluded);
        Array.Clear(_zero);
    }

    /// <summary>The sealed batch as a frame.</summary>
    internal ReadOnlyMemory<byte> Frame(ulong sequence)
    {
        FrameHeader.Seal(_buffer.AsSpan(_frameStart, _dataOffset - _frameStart), _frameBytes - FrameHeader.Size, MessageType.Pages, sequence);
        return _buffer.AsMemory(_frameStart, _frameBytes);
    }

    private int AppendToRuns(int count, int processId, ulong address)
    {
        if (count > 0 && _wireRuns[count - 1] is var last && last.ProcessId == processId && last.End == address)
        {
            _wireRuns[count - 1] = last with { Pages = last.Pages + 1 };
            return count;
        }

        _wireRuns[count] = new PageRun(processId, address, 1);
        return count + 1;
    }

    private int Take(int index, int dataPages)
    {
        Span<byte> page = _buffer.AsSpan(_dataOffset + (index * PageBytes), PageBytes);
        if (!page.ContainsAnyExcept((byte)0))
        {
            _zero[SentPages >> 6] |= 1UL << (SentPages & 63);
            _checksums[SentPages] = PageChecksum.Zero;
            return dataPages;
        }

        _checksums[SentPages] = PageChecksum.Of(page);
        if (dataPages != index)
        {
            page.CopyTo(_buffer.AsSpan(_dataOffset + (dataPages * PageBytes), PageBytes));
        }

        return dataPages + 1;
    }

    private void WriteHead(int wireRuns, int dataPages)
    {
        int zeroWords = (SentPages + 63) / 64;
        int restBytes = (zeroWords + dataPages) * sizeof(ulong);
        Span<byte> head = BeginHead(PageEncoding.Raw, wireRuns, dataPages, restBytes, dataPages * PageBytes);
        for (int i = 0; i < zeroWords; i++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(head, _zero[i]);
            head = head[sizeof(ulong)..];
        }

        for (int i = 0; i < SentPages; i++)
        {
            if ((_zero[i >> 6] >> (i & 63) & 1) == 0)
            {
                BinaryPrimitives.WriteUInt64LittleEndian(head, _checksums[i]);
                head = head[sizeof(ulong)..];
            }
        }
    }

    /// <summary>Writes the part of the head that both encodings share; returns the rest of it.</summary>
    private Span<byte> BeginHead(PageEncoding encoding, int wireRuns, int extra, int restBytes, int dataBytes)
    {
        int headBytes = HeadFixedBytes + (wireRuns * RunBytes) + restBytes;
        _frameStart = _dataOffset - headBytes - FrameHeader.Size;
        _frameBytes = FrameHeader.Size + headBytes + dataBytes;
        Span<byte> head = _buffer.AsSpan(_dataOffset - headBytes, headBytes);
        head[0] = (byte)encoding;
        head[1] = 0;
        BinaryPrimitives.WriteUInt16LittleEndian(head[2..], (ushort)wireRuns);
        BinaryPrimitives.WriteUInt16LittleEndian(head[4..], (ushort)SentPages);
        BinaryPrimitives.WriteUInt16LittleEndian(head[6..], (ushort)extra);
        head = head[HeadFixedBytes..];
        for (int i = 0; i < wireRuns; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(head, _wireRuns[i].ProcessId);
            BinaryPrimitives.WriteUInt32LittleEndian(head[4..], (uint)_wireRuns[i].Pages);
            BinaryPrimitives.WriteUInt64LittleEndian(head[8..], _wireRuns[i].Address);
            head = head[RunBytes..];
        }

        return head;
    }
}
