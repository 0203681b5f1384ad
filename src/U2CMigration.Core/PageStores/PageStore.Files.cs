using Microsoft.Win32.SafeHandles;
using U2CMigration.Core.Interop;

namespace U2CMigration.Core.PageStores;

/// <summary>Pages that lie in files of others instead of the store's own: shared memory, which is complete where it is when its last page has come.</summary>
public sealed unsafe partial class PageStore
{
    /// <summary>Files grow in steps of this size, not page by page.</summary>
    private const long GrowthBytes = Chunk.Bytes;

    private readonly Dictionary<int, AttachedFile> _files = [];

    /// <summary>Has the pages of one process lie in a file, at offsets that are their addresses. The file grows with them, in steps of 2 MiB.</summary>
    /// <param name="processId">The process, of which no page came yet.</param>
    /// <param name="file">The file; it stays the caller's to close, after <see cref="Detach"/> or the store.</param>
    internal void Attach(int processId, SafeFileHandle file)
    {
        foreach (Chunk? chunk in _chunks.Slots)
        {
            if (chunk?.ProcessId == processId)
            {
                throw new PageStoreException($"Pages of shared memory {processId} came before it was announced. The workload still runs on the source.");
            }
        }

        _files.Add(processId, new AttachedFile(file));
    }

    /// <summary>Gives a file its final length. Pages behind that are forgotten.</summary>
    /// <param name="processId">The process.</param>
    /// <param name="length">In bytes.</param>
    internal void Fix(int processId, long length)
    {
        AttachedFile attached = _files[processId];
        Drop(processId, ((ulong)length + PageBytes - 1) & ~(ulong)(PageBytes - 1), 1UL << 47);
        Memfd.SetLength(attached.File, length);
        (attached.Length, attached.IsFixed) = (length, true);
    }

    /// <summary>Lets go of a file, so that nobody here can write to it any more. Only the checksums that its pages came with stay.</summary>
    /// <param name="processId">The process.</param>
    internal void Detach(int processId)
    {
        if (!_files.Remove(processId))
        {
            return;
        }

        foreach (Chunk? chunk in _chunks.Slots)
        {
            if (chunk is not null && chunk.ProcessId == processId)
            {
                lock (chunk)
                {
                    MemoryMapping.Place(_start + chunk.Offset, Chunk.Bytes, _file, chunk.Offset);
                    chunk.File = null;
                    chunk.IsDetached = true;
                    for (int page = 0; page < Chunk.Pages; page++)
                    {
                        ClearBacked(chunk, page);
                    }
                }
            }
        }

        _last = null;
    }

    /// <summary>The checksum that a page came with; null when it is not held.</summary>
    /// <param name="processId">The process, as numbered in the images.</param>
    /// <param name="address">The address of the page.</param>
    internal ulong? ReceivedChecksum(int processId, ulong address)
    {
        int page = Chunk.PageOf(address);
        return _chunks.Find(processId, address) is { } chunk && Chunk.Has(chunk.Present, page) ? chunk.Checksum(page) : null;
    }

    private void MapFile(Chunk chunk)
    {
        if (_files.TryGetValue(chunk.ProcessId, out AttachedFile? attached))
        {
            MemoryMapping.Place(_start + chunk.Offset, Chunk.Bytes, attached.File, (long)chunk.Start);
            chunk.File = attached;
        }
    }

    /// <summary>Makes a file so long that a page lies in it.</summary>
    private static void ReachFile(Chunk chunk, int page)
    {
        if (chunk.File is not { } attached || OffsetOf(chunk, page) < attached.Length)
        {
            return;
        }

        if (attached.IsFixed)
        {
            throw new PageStoreException($"A page of shared memory {chunk.ProcessId} came that lies beyond its end. The workload still runs on the source.");
        }

        attached.Length = (OffsetOf(chunk, page) + GrowthBytes) / GrowthBytes * GrowthBytes;
        Memfd.SetLength(attached.File, attached.Length);
    }

    /// <summary>Makes a page a hole, which reads as zeros.</summary>
    private void PunchPage(Chunk chunk, int page)
    {
        if (Chunk.Has(chunk.Backed, page))
        {
            Memfd.Punch(chunk.File!.File, OffsetOf(chunk, page), PageBytes);
            ClearBacked(chunk, page);
        }
    }

    private void ClearBacked(Chunk chunk, int page)
    {
        if (Chunk.Has(chunk.Backed, page))
        {
            Chunk.Clear(chunk.Backed, page);
            Interlocked.Decrement(ref _backedPages);
        }
    }

    /// <summary>Where a page lies in its file.</summary>
    private static long OffsetOf(Chunk chunk, int page) => (chunk.File is null ? chunk.Offset : (long)chunk.Start) + ((long)page * PageBytes);
}
