using U2CMigration.Transport.Pages;

namespace U2CMigration.Transport.Codec;

/// <summary>
/// Pages as they were sent last, in a bounded number of slots. A page sent for the first time takes a free slot only; one that came again may take the slot of a
/// page that was not sent lately (CLOCK). So sending all of the memory once does not drive out the working set.
/// </summary>
internal sealed class BaseCache(long maxBytes)
{
    private const int BlockPages = 256;

    private readonly int _maxSlots = (int)Math.Min(int.MaxValue - BlockPages, maxBytes / PageRun.PageBytes);
    private readonly List<Block> _blocks = [];
    private readonly Stack<int> _free = [];
    private int _slots;
    private int _hand;

    /// <summary>The memory taken.</summary>
    public long Bytes => (long)_blocks.Count * BlockPages * PageRun.PageBytes;

    /// <summary>The bases that made room for others.</summary>
    public long Evicted { get; private set; }

    /// <summary>The base of a page; empty if there is none.</summary>
    public ReadOnlySpan<byte> Find(SentChunk chunk, int page) => chunk.BaseOf(page) is >= 0 and var slot ? Memory(slot) : default;

    /// <summary>Makes a content the base of a page, if there is room.</summary>
    /// <param name="chunk">The chunk of the page.</param>
    /// <param name="page">The page in it.</param>
    /// <param name="content">What was sent.</param>
    /// <param name="cameAgain">Whether the page had been sent before.</param>
    public void Keep(SentChunk chunk, int page, ReadOnlySpan<byte> content, bool cameAgain)
    {
        int slot = chunk.BaseOf(page);
        if (slot < 0)
        {
            slot = Take(cameAgain);
            if (slot < 0)
            {
                return;
            }

            chunk.SetBase(page, slot);
            _blocks[slot / BlockPages].Owners[slot % BlockPages] = (chunk, page);
        }

        content.CopyTo(Memory(slot));
        _blocks[slot / BlockPages].WasSentLately[slot % BlockPages] = cameAgain;
    }

    /// <summary>Notes that a page came again with the content of its base.</summary>
    public void Touch(SentChunk chunk, int page)
    {
        if (chunk.BaseOf(page) is >= 0 and var slot)
        {
            _blocks[slot / BlockPages].WasSentLately[slot % BlockPages] = true;
        }
    }

    /// <summary>Forgets the base of a page; it must not be used once something else was sent.</summary>
    public void Drop(SentChunk chunk, int page)
    {
        int slot = chunk.BaseOf(page);
        if (slot >= 0)
        {
            chunk.SetBase(page, -1);
            _blocks[slot / BlockPages].Owners[slot % BlockPages] = default;
            _free.Push(slot);
        }
    }

    private Span<byte> Memory(int slot) => _blocks[slot / BlockPages].Bytes.AsSpan(slot % BlockPages * PageRun.PageBytes, PageRun.PageBytes);

    private int Take(bool mayEvict)
    {
        if (_free.TryPop(out int slot))
        {
            return slot;
        }

        if (_slots < _maxSlots)
        {
            if (_slots % BlockPages == 0)
            {
                _blocks.Add(new Block());
            }

            return _slots++;
        }

        return mayEvict && _slots > 0 ? Evict() : -1;
    }

    private int Evict()
    {
        // Ends after one turn at the latest: it clears what it passes, and there is no free slot.
        while (true)
        {
            int slot = _hand;
            _hand = (_hand + 1) % _slots;
            Block block = _blocks[slot / BlockPages];
            int inBlock = slot % BlockPages;
            if (block.WasSentLately[inBlock])
            {
                block.WasSentLately[inBlock] = false;
                continue;
            }

            (SentChunk owner, int page) = block.Owners[inBlock];
            owner.SetBase(page, -1);
            Evicted++;
            return slot;
        }
    }

    private sealed class Block
    {
        public readonly byte[] Bytes = GC.AllocateUninitializedArray<byte>(BlockPages * PageRun.PageBytes);
        public readonly (SentChunk Chunk, int Page)[] Owners = new (SentChunk, int)[BlockPages];
        public readonly bool[] WasSentLately = new bool[BlockPages];
    }
}
