using System.Buffers;
using U2CMigration.PageTracking.Pages;
using U2CMigration.PageTracking.Reading;
using U2CMigration.Transport.Pages;

namespace U2CMigration.Core.Source.Verification;

/// <summary>Reads pages of the frozen tree and computes their checksums.</summary>
internal sealed class FrozenChecksums : IDisposable
{
    private readonly byte[] _memory = ArrayPool<byte>.Shared.Rent(PageBatch.MaxPages * PageSize.Bytes);
    private ProcessMemoryReader? _reader;

    /// <summary>Adds the checksums of a run. Pages that cannot be read, such as those behind the end of a file, are left out.</summary>
    /// <param name="processId">The process, as numbered on this host.</param>
    /// <param name="range">The pages.</param>
    /// <param name="runs">Receives the runs that could be read.</param>
    /// <param name="checksums">Receives one checksum per page.</param>
    public void Add(int processId, PageRange range, List<PageRange> runs, List<ulong> checksums)
    {
        if (_reader?.ProcessId != processId)
        {
            _reader?.Dispose();
            _reader = ProcessMemoryReader.Open(processId);
        }

        var unreadable = new PageBitmap(stackalloc ulong[PageBatch.MaxPages / 64]);
        for (ulong at = range.Start; at < range.End;)
        {
            int pages = (int)Math.Min(PageBatch.MaxPages, (long)((range.End - at) >> PageSize.Shift));
            Span<byte> target = _memory.AsSpan(0, pages * PageSize.Bytes);
            unreadable.Clear();
            _reader.Read([new PageRange(at, at + ((ulong)pages << PageSize.Shift))], target, unreadable);
            for (int page = 0; page < pages; page++, at += PageSize.Bytes)
            {
                if (!unreadable[page])
                {
                    checksums.Add(PageChecksum.Of(target.Slice(page * PageSize.Bytes, PageSize.Bytes)));
                    Append(runs, at);
                }
            }
        }
    }

    public void Dispose()
    {
        _reader?.Dispose();
        ArrayPool<byte>.Shared.Return(_memory);
    }

    private static void Append(List<PageRange> runs, ulong page)
    {
        if (runs.Count > 0 && runs[^1].End == page)
        {
            runs[^1] = runs[^1] with { End = page + PageSize.Bytes };
        }
        else
        {
            runs.Add(new PageRange(page, page + PageSize.Bytes));
        }
    }
}
