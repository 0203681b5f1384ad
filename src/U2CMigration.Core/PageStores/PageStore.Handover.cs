using Microsoft.Win32.SafeHandles;
using U2CMigration.Core.Interop;

namespace U2CMigration.Core.PageStores;

public sealed unsafe partial class PageStore
{
    /// <summary>Continues with the memory of a store whose program was killed.</summary>
    /// <param name="file">Its file, which becomes this store's.</param>
    /// <param name="chunks">What was in it when it was complete. What was released since is held again: it was given to its process, which has its own by now.</param>
    internal PageStore(SafeFileHandle file, IEnumerable<StoredChunk> chunks)
    {
        _file = file;
        _reservedBytes = RandomAccess.GetLength(file);
        _mapping = MemoryMapping.OfFile(file, _reservedBytes);
        _zeros = MemoryMapping.OfZeros(Chunk.Bytes);
        _start = _mapping.Start;
        _zero = _zeros.Start;
        foreach (StoredChunk stored in chunks)
        {
            Add(stored);
        }
    }

    /// <summary>What another program needs to continue.</summary>
    internal SafeFileHandle File => _file;

    /// <summary>What is held for processes.</summary>
    /// <param name="processes">As numbered in the images; none whose pages lie in files of others.</param>
    internal IReadOnlyList<StoredChunk> Describe(IReadOnlySet<int> processes)
    {
        var chunks = new List<StoredChunk>(_chunks.Count);
        foreach (Chunk? chunk in _chunks.Slots)
        {
            if (chunk is { File: null, IsDetached: false } && processes.Contains(chunk.ProcessId))
            {
                chunks.Add(new StoredChunk(chunk.ProcessId, chunk.Start, chunk.Offset, [.. chunk.Present], [.. chunk.Zero]));
            }
        }

        return chunks;
    }

    private void Add(StoredChunk stored)
    {
        var chunk = new Chunk(stored.ProcessId, stored.Start, stored.Offset);
        for (int page = 0; page < Chunk.Pages; page++)
        {
            if (!Chunk.Has(stored.Present, page))
            {
                continue;
            }

            Chunk.Set(chunk.Present, page);
            _heldPages++;
            if (Chunk.Has(stored.Zero, page))
            {
                Chunk.Set(chunk.Zero, page);
                _zeroPages++;
            }
            else
            {
                Chunk.Set(chunk.Backed, page);
                _backedPages++;
            }
        }

        _chunks.Add(chunk);
        _nextOffset = Math.Max(_nextOffset, stored.Offset + Chunk.Bytes);
    }
}
