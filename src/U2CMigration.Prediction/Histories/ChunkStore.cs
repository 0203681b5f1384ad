namespace U2CMigration.Prediction.Histories;

/// <summary>The bits of all chunks, in slabs that never move: growing does not copy, and nothing is allocated for a page or a sample.</summary>
/// <remarks>
/// A chunk has <see cref="Rows"/> rows of <see cref="Words"/> words, so that a row (512 pages of one sample) is one cache line, and all rows of a
/// chunk are one page of memory. Chunk 0 belongs to no process and is always empty: it stands for pages that were never seen.
/// </remarks>
internal sealed class ChunkStore
{
    public const int Rows = 64;
    public const int Words = 8;
    public const int Pages = Words * 64;

    private const int SlabShift = 6;
    private const int SlabChunks = 1 << SlabShift;

    private readonly List<Slab> _slabs = [];
    private readonly Stack<int> _free = new();

    public ChunkStore() => Rent(0, 0, 0);

    /// <summary>One more than the largest number of a chunk.</summary>
    public int Count { get; private set; }

    public bool HasAccessed { get; private set; }

    public int Rent(int processId, ulong start, long since)
    {
        if (!_free.TryPop(out int chunk))
        {
            chunk = Count++;
            if (chunk >> SlabShift == _slabs.Count)
            {
                _slabs.Add(new Slab(HasAccessed));
            }
        }

        HomeOf(chunk) = new ChunkHome(processId, start, since);
        return chunk;
    }

    public void Return(int chunk)
    {
        DirtyOf(chunk).Clear();
        KnownOf(chunk).Clear();
        if (HasAccessed)
        {
            AccessedOf(chunk).Clear();
        }

        HomeOf(chunk) = default;
        _free.Push(chunk);
    }

    /// <summary>From now on accessed bits are kept too.</summary>
    public void KeepAccessed()
    {
        HasAccessed = true;
        foreach (Slab slab in _slabs)
        {
            slab.Accessed ??= new ulong[SlabChunks * Rows * Words];
        }
    }

    /// <summary>Empties one row of every chunk, for the next sample.</summary>
    public void ClearRow(int row)
    {
        for (int chunk = 0; chunk < Count; chunk++)
        {
            Row(DirtyOf(chunk), row).Clear();
        }

        for (int chunk = 0; HasAccessed && chunk < Count; chunk++)
        {
            Row(AccessedOf(chunk), row).Clear();
        }
    }

    public ref ChunkHome HomeOf(int chunk) => ref _slabs[chunk >> SlabShift].Homes[chunk & (SlabChunks - 1)];

    public Span<ulong> DirtyOf(int chunk) => _slabs[chunk >> SlabShift].Dirty.AsSpan((chunk & (SlabChunks - 1)) * Rows * Words, Rows * Words);

    public Span<ulong> AccessedOf(int chunk) => _slabs[chunk >> SlabShift].Accessed!.AsSpan((chunk & (SlabChunks - 1)) * Rows * Words, Rows * Words);

    public Span<ulong> KnownOf(int chunk) => _slabs[chunk >> SlabShift].Known.AsSpan((chunk & (SlabChunks - 1)) * Words, Words);

    public static Span<ulong> Row(Span<ulong> bits, int row) => bits.Slice(row * Words, Words);

    private sealed class Slab(bool accessed)
    {
        public readonly ulong[] Dirty = new ulong[SlabChunks * Rows * Words];
        public readonly ulong[] Known = new ulong[SlabChunks * Words];
        public readonly ChunkHome[] Homes = new ChunkHome[SlabChunks];
        public ulong[]? Accessed = accessed ? new ulong[SlabChunks * Rows * Words] : null;
    }
}
