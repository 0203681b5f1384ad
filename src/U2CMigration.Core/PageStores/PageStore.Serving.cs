using U2CMigration.Core.Interop;
using U2CMigration.Criu.LazyPages;

namespace U2CMigration.Core.PageStores;

public sealed unsafe partial class PageStore
{
    /// <inheritdoc/>
    /// <remarks>A run ends at a multiple of 2 MiB, and where zero pages begin or end; zero pages lie in memory shared by all of them.</remarks>
    public LazyPageRun Find(int processId, ulong address, int maxPages)
    {
        if (_chunks.Find(processId, address) is not { } chunk)
        {
            return default;
        }

        int page = Chunk.PageOf(address);
        if (!Chunk.Has(chunk.Present, page))
        {
            return default;
        }

        int end = Math.Min(Chunk.Pages, page + Math.Max(1, maxPages));
        return Chunk.Has(chunk.Zero, page)
            ? new LazyPageRun((nint)_zero, Chunk.Next(new ChunkBits.NotZero(chunk), page, end) - page)
            : new LazyPageRun((nint)PageAt(chunk, page), Chunk.Next(new ChunkBits.NotData(chunk), page, end) - page);
    }

    /// <summary>Copies pages that are all held.</summary>
    /// <param name="processId">The process, as numbered in the images.</param>
    /// <param name="address">The address of the first page.</param>
    /// <param name="destination">Whole pages, to be filled.</param>
    /// <exception cref="PageNotHeldException">A page is not held.</exception>
    public void CopyTo(int processId, ulong address, Span<byte> destination)
    {
        while (destination.Length > 0)
        {
            LazyPageRun run = Find(processId, address, destination.Length / PageBytes);
            if (run.Pages == 0)
            {
                throw new PageNotHeldException(processId, address);
            }

            int bytes = run.Pages * PageBytes;
            new ReadOnlySpan<byte>((void*)run.Source, bytes).CopyTo(destination);
            destination = destination[bytes..];
            address += (ulong)bytes;
        }
    }

    /// <inheritdoc/>
    /// <remarks>The pages are not held any more, unless <see cref="PageStoreOptions.KeepUntilVerified"/>; their memory is given back in pieces of 64 pages and more.</remarks>
    public void Release(int processId, ulong address, int pages)
    {
        ulong end = address + ((ulong)pages * PageBytes);
        while (address < end)
        {
            ulong chunkEnd = (address | (Chunk.Bytes - 1)) + 1;
            if (_chunks.Find(processId, address) is { } chunk)
            {
                Release(chunk, Chunk.PageOf(address), end < chunkEnd ? Chunk.PageOf(end) : Chunk.Pages);
            }

            address = chunkEnd;
        }
    }

    /// <summary>Ends <see cref="PageStoreOptions.KeepUntilVerified"/>: gives back what was released so far, and from now on what is.</summary>
    public void StopKeeping()
    {
        Volatile.Write(ref _keeps, false);
        foreach (Chunk? chunk in _chunks.Slots)
        {
            if (chunk is null)
            {
                continue;
            }

            lock (chunk)
            {
                for (int page = 0; page < Chunk.Pages; page++)
                {
                    if (Chunk.Has(chunk.Released, page))
                    {
                        Forget(chunk, page);
                    }
                }

                PunchIdle(chunk, chunk.HasAnyPresent() ? MinPunchPages : 1);
            }
        }
    }

    private void Release(Chunk chunk, int page, int end)
    {
        lock (chunk)
        {
            bool keeps = Volatile.Read(ref _keeps);
            for (; page < end; page++)
            {
                if (keeps)
                {
                    Chunk.Set(chunk.Released, page);
                }
                else
                {
                    Forget(chunk, page);
                }
            }

            if (!keeps)
            {
                PunchIdle(chunk, chunk.HasAnyPresent() ? MinPunchPages : 1);
            }
        }
    }

    /// <summary>Gives back the memory of pages that are not held, in runs of at least so many.</summary>
    private void PunchIdle(Chunk chunk, int minPages)
    {
        int end;
        for (int page = Chunk.Next(new ChunkBits.Idle(chunk), 0, Chunk.Pages); page < Chunk.Pages; page = Chunk.Next(new ChunkBits.Idle(chunk), end, Chunk.Pages))
        {
            end = Chunk.Next(new ChunkBits.NotIdle(chunk), page, Chunk.Pages);
            if (end - page < minPages)
            {
                continue;
            }

            Memfd.Punch(chunk.File?.File ?? _file, OffsetOf(chunk, page), (long)(end - page) * PageBytes);
            for (int i = page; i < end; i++)
            {
                Chunk.Clear(chunk.Backed, i);
            }

            Interlocked.Add(ref _backedPages, page - end);
        }
    }
}
