using U2CMigration.Transport.Pages;

namespace U2CMigration.Core.PageStores;

public sealed unsafe partial class PageStore
{
    /// <inheritdoc/>
    /// <exception cref="PageStoreFullException">The limit is reached.</exception>
    public Span<byte> Prepare(int processId, ulong address)
    {
        Chunk chunk = ChunkFor(processId, address);
        int page = Chunk.PageOf(address);
        Forget(chunk, page);
        ReachFile(chunk, page);
        if (!Chunk.Has(chunk.Backed, page))
        {
            Back(chunk, page);
        }

        return new Span<byte>(PageAt(chunk, page), PageBytes);
    }

    /// <inheritdoc/>
    public void Complete(int processId, ulong address, ulong checksum)
    {
        Chunk chunk = ChunkFor(processId, address);
        int page = Chunk.PageOf(address);
        chunk.Checksums[page] = checksum;
        Count(chunk, page);
    }

    /// <inheritdoc/>
    /// <exception cref="PageStoreFullException">The limit is reached.</exception>
    public void StoreZero(int processId, ulong address)
    {
        Chunk chunk = ChunkFor(processId, address);
        int page = Chunk.PageOf(address);
        Forget(chunk, page);
        if (chunk.File is not null)
        {
            PunchPage(chunk, page);
        }

        Chunk.Set(chunk.Zero, page);
        Interlocked.Increment(ref _zeroPages);
        Count(chunk, page);
    }

    /// <inheritdoc/>
    public ReadOnlySpan<byte> Held(int processId, ulong address)
    {
        int page = Chunk.PageOf(address);
        if (_chunks.Find(processId, address) is not { IsDetached: false } chunk || !Chunk.Has(chunk.Present, page))
        {
            return default;
        }

        return new ReadOnlySpan<byte>(Chunk.Has(chunk.Zero, page) ? _zero : PageAt(chunk, page), PageBytes);
    }

    /// <inheritdoc/>
    public bool Keep(int processId, ulong address, ulong checksum)
    {
        int page = Chunk.PageOf(address);
        return _chunks.Find(processId, address) is { } chunk && Chunk.Has(chunk.Present, page) && chunk.Checksum(page) == checksum;
    }

    /// <summary>Forgets pages, for example because they were unmapped, and gives their memory back.</summary>
    /// <param name="processId">The process, as numbered in the images.</param>
    /// <param name="start">The address of the first page.</param>
    /// <param name="end">The first address behind the last one.</param>
    public void Drop(int processId, ulong start, ulong end)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start, end);
        if ((end - start) / Chunk.Bytes > (ulong)_chunks.Count)
        {
            // A range of terabytes has more places than there are chunks.
            foreach (Chunk? chunk in _chunks.Slots)
            {
                if (chunk is not null && chunk.ProcessId == processId && chunk.Start < end && chunk.Start + Chunk.Bytes > start)
                {
                    Drop(chunk, start, end);
                }
            }

            return;
        }

        for (ulong at = start & ~(ulong)(Chunk.Bytes - 1); at < end; at += Chunk.Bytes)
        {
            if (_chunks.Find(processId, at) is { } chunk)
            {
                Drop(chunk, start, end);
            }
        }
    }

    /// <summary>Forgets the pages of a run.</summary>
    /// <param name="run">The pages.</param>
    public void Drop(PageRun run) => Drop(run.ProcessId, run.Address, run.End);

    private void Drop(Chunk chunk, ulong start, ulong end)
    {
        int first = start > chunk.Start ? Chunk.PageOf(start) : 0;
        int last = end - chunk.Start < Chunk.Bytes ? Chunk.PageOf(end) : Chunk.Pages;
        lock (chunk)
        {
            for (int page = first; page < last; page++)
            {
                Forget(chunk, page);
            }

            PunchIdle(chunk, 1);
        }
    }

    private Chunk ChunkFor(int processId, ulong address)
    {
        // Pages come in runs: the chunk of the last one is nearly always the chunk of the next.
        if (_last is { } last && last.ProcessId == processId && address - last.Start < Chunk.Bytes)
        {
            return last;
        }

        Chunk? chunk = _chunks.Find(processId, address);
        if (chunk is null)
        {
            if (_nextOffset >= _reservedBytes)
            {
                throw new PageStoreException(
                    $"The pages are so scattered that the {_reservedBytes} bytes of address space set aside do not suffice. Raise PageStoreOptions.ReservedBytes. The workload still runs on the source.");
            }

            // Pages of zeros, scattered, take nothing but bookkeeping, and could be without end.
            if (TakenBytes + Chunk.BookkeepingBytes > MaxBytes && _chunks.Count >= FreeChunks)
            {
                throw new PageStoreFullException(TakenBytes, MaxBytes);
            }

            chunk = new Chunk(processId, address & ~(ulong)(Chunk.Bytes - 1), _nextOffset);
            _nextOffset += Chunk.Bytes;
            MapFile(chunk);
            _chunks.Add(chunk);
        }

        return _last = chunk;
    }

    private void Back(Chunk chunk, int page)
    {
        if (TakenBytes + PageBytes > MaxBytes)
        {
            throw new PageStoreFullException(TakenBytes, MaxBytes);
        }

        Chunk.Set(chunk.Backed, page);
        Interlocked.Increment(ref _backedPages);
    }

    private void Count(Chunk chunk, int page)
    {
        chunk.Versions[page]++;
        Chunk.Set(chunk.Present, page);
        Interlocked.Increment(ref _heldPages);
        Interlocked.Increment(ref _writes);
    }

    private void Forget(Chunk chunk, int page)
    {
        if (!Chunk.Has(chunk.Present, page))
        {
            return;
        }

        Chunk.Clear(chunk.Present, page);
        Interlocked.Decrement(ref _heldPages);
        if (Chunk.Has(chunk.Zero, page))
        {
            Chunk.Clear(chunk.Zero, page);
            Interlocked.Decrement(ref _zeroPages);
        }
    }
}
