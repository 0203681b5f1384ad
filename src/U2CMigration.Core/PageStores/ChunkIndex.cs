namespace U2CMigration.Core.PageStores;

/// <summary>Finds the chunk of a process and address: a hash table with open addressing, read without locks while one thread adds to it.</summary>
internal sealed class ChunkIndex
{
    private Chunk?[] _slots = new Chunk?[64];

    /// <summary>The number of chunks.</summary>
    public int Count { get; private set; }

    /// <summary>All chunks, in no order; with empty places between them.</summary>
    public ReadOnlySpan<Chunk?> Slots => Volatile.Read(ref _slots);

    public Chunk? Find(int processId, ulong address)
    {
        Chunk?[] slots = Volatile.Read(ref _slots);
        ulong start = address & ~(ulong)(Chunk.Bytes - 1);
        int mask = slots.Length - 1;
        for (int i = Place(processId, start, slots.Length); ; i = (i + 1) & mask)
        {
            Chunk? chunk = Volatile.Read(ref slots[i]);
            if (chunk is null || (chunk.Start == start && chunk.ProcessId == processId))
            {
                return chunk;
            }
        }
    }

    public void Add(Chunk chunk)
    {
        if (Count >= _slots.Length / 2)
        {
            var larger = new Chunk?[_slots.Length * 2];
            foreach (Chunk? old in _slots)
            {
                if (old is not null)
                {
                    Put(larger, old);
                }
            }

            // Readers see the old table or the complete new one.
            Volatile.Write(ref _slots, larger);
        }

        Put(_slots, chunk);
        Count++;
    }

    private static int Place(int processId, ulong start, int length)
    {
        ulong key = ((ulong)(uint)processId << 26) | (start >> Chunk.Shift);

        // Fibonacci hashing: neighbouring chunks, the common case, spread over the table.
        return (int)(key * 0x9e37_79b9_7f4a_7c15 >> (64 - System.Numerics.BitOperations.Log2((uint)length)));
    }

    private static void Put(Chunk?[] slots, Chunk chunk)
    {
        int i = Place(chunk.ProcessId, chunk.Start, slots.Length);
        while (slots[i] is not null)
        {
            i = (i + 1) & (slots.Length - 1);
        }

        Volatile.Write(ref slots[i], chunk);
    }
}
