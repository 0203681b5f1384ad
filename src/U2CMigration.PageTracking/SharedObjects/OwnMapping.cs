using Microsoft.Win32.SafeHandles;
using U2CMigration.PageTracking.Interop;
using U2CMigration.PageTracking.Pages;
using U2CMigration.PageTracking.PageTables;
using static U2CMigration.PageTracking.Interop.NativeMethods;

namespace U2CMigration.PageTracking.SharedObjects;

/// <summary>A mapping of an object in this process, which only reads. A page that it had and has no more was punched out, cut off or reclaimed since, which no mapping of the workload tells.</summary>
internal sealed unsafe class OwnMapping : IDisposable
{
    /// <summary>A fault maps what lies beside it too, in one table of pages at most.</summary>
    private const ulong TableBytes = 2 << 20;

    private readonly SafeFileHandle _file;
    private readonly DeliveredContent _delivered;
    private readonly MappedMemory _memory;
    private readonly SafeFileHandle _pagemap;
    private readonly ulong _bytes;

    private OwnMapping(SafeFileHandle file, DeliveredContent delivered, MappedMemory memory, ulong bytes)
    {
        (_file, _delivered, _memory, _bytes) = (file, delivered, memory, bytes);
        _pagemap = ProcFile.Open(Environment.ProcessId, "pagemap");
    }

    /// <summary>Maps an object; null when that is not possible.</summary>
    internal static OwnMapping? TryMap(SafeFileHandle file, DeliveredContent delivered, long size)
    {
        ulong bytes = ((ulong)size + PageSize.Bytes - 1) & ~((ulong)PageSize.Bytes - 1);
        MappedMemory memory = MappedMemory.Map(file, (long)bytes, PROT_READ);
        if (!memory.IsInvalid)
        {
            return new OwnMapping(file, delivered, memory, bytes);
        }

        memory.Dispose();
        return null;
    }

    /// <summary>Adds the pages that are not there and may hold something else than the copy, and takes hold of them again.</summary>
    /// <param name="scanner">Walks the page tables.</param>
    /// <param name="suspects">Receives the pages.</param>
    /// <param name="takesHold">Whether another look will follow.</param>
    /// <returns>False when it cannot be told.</returns>
    internal bool TryCollect(PagemapScanner scanner, SuspectPages suspects, bool takesHold)
    {
        ulong first = (ulong)_memory.Address;
        ulong at = first;
        var absent = new ProcessPages(0);
        while (at < first + _bytes)
        {
            if (scanner.CollectAbsent(_pagemap, ref at, first + _bytes, out ReadOnlySpan<PageRegion> found) != 0)
            {
                return false;
            }

            foreach (ref readonly PageRegion region in found)
            {
                absent.Append(region.Start - first, region.End - first);
            }
        }

        foreach (PageRange range in absent.Ranges)
        {
            Judge(range, suspects, takesHold);
        }

        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _pagemap.Dispose();
        _memory.Dispose();
    }

    private void Judge(PageRange range, SuspectPages suspects, bool takesHold)
    {
        foreach (ObjectPiece piece in ObjectSegments.Of(_file, (long)range.Start, (long)range.End))
        {
            if (piece.IsHole)
            {
                // Zeros. To touch them would make pages of them.
                List<PageRange> differing = [];
                _delivered.AddNotZero(piece.Start, piece.End, differing);
                differing.ForEach(suspects.Add);
                continue;
            }

            ulong start = (ulong)piece.Start;
            ulong end = (ulong)piece.End;
            suspects.Add(new PageRange(start, end));
            if (takesHold)
            {
                _ = PopulateForReading(_memory.Address + start, (nuint)(end - start));

                // What lies beside and was lost since the look at it is back now, and would not be missed in the next.
                suspects.Add(new PageRange(start & ~(TableBytes - 1), Math.Min(_bytes, (end + TableBytes - 1) & ~(TableBytes - 1))));
            }
        }
    }
}
