using System.Runtime.InteropServices;
using U2CMigration.Criu.LazyPages;
using U2CMigration.Transport.Frames;
using U2CMigration.Transport.Messages;
using U2CMigration.Transport.Pages;

namespace U2CMigration.Core.PageStores;

public sealed unsafe partial class PageStore
{
    /// <summary>Lists the pages of some runs that are not held.</summary>
    /// <param name="runs">The pages that must be there, for example all lazy ranges of the images.</param>
    /// <returns>The missing ones, in the order of <paramref name="runs"/>; empty if all are held.</returns>
    public IReadOnlyList<PageRun> MissingFrom(IEnumerable<PageRun> runs)
    {
        ArgumentNullException.ThrowIfNull(runs);
        List<PageRun> missing = [];
        foreach (PageRun run in runs)
        {
            for (ulong at = run.Address; at < run.End; at = (at | (Chunk.Bytes - 1)) + 1)
            {
                AddMissing(missing, run, at);
            }
        }

        return missing;
    }

    /// <summary>Computes the checksums of stored pages again, from their bytes, and compares them with those of the source.</summary>
    /// <param name="processId">The process, as numbered in the images.</param>
    /// <param name="start">The address of the first page.</param>
    /// <param name="checksums">One per page, see <see cref="PageChecksum"/>.</param>
    /// <returns>The answer to the <see cref="VerifyPages"/> with these values; a page that is not held counts as mismatched.</returns>
    public VerifyResult Verify(int processId, ulong start, ReadOnlySpan<ulong> checksums)
    {
        long mismatched = 0;
        List<ulong> first = [];
        for (int i = 0; i < checksums.Length; i++)
        {
            ulong address = start + ((ulong)i * PageBytes);
            if (ChecksumOfBytes(processId, address) != checksums[i])
            {
                mismatched++;
                if (first.Count < ProtocolLimits.MaxListEntries)
                {
                    first.Add(address);
                }
            }
        }

        return new VerifyResult(processId, checksums.Length, mismatched, first);
    }

    /// <summary>Lists the pages of a run that another process has at the same addresses with the same content, by the checksums that they came with.</summary>
    /// <param name="otherProcessId">The other process.</param>
    /// <param name="run">The pages; ascending runs of it are returned.</param>
    internal IReadOnlyList<PageRun> EqualPages(int otherProcessId, PageRun run)
    {
        List<PageRun> equal = [];
        for (ulong at = run.Address; at < run.End; at = (at | (Chunk.Bytes - 1)) + 1)
        {
            if (_chunks.Find(run.ProcessId, at) is not { } chunk || _chunks.Find(otherProcessId, at) is not { } other)
            {
                continue;
            }

            int end = run.End - chunk.Start < Chunk.Bytes ? Chunk.PageOf(run.End) : Chunk.Pages;
            for (int page = Chunk.PageOf(at); page < end; page++)
            {
                if (Chunk.Has(chunk.Present, page) && Chunk.Has(other.Present, page) && chunk.Checksum(page) == other.Checksum(page))
                {
                    Append(equal, run.ProcessId, chunk.Start + ((ulong)page * PageBytes), 1);
                }
            }
        }

        return equal;
    }

    private void AddMissing(List<PageRun> missing, PageRun run, ulong at)
    {
        ulong chunkStart = at & ~(ulong)(Chunk.Bytes - 1);
        int page = Chunk.PageOf(at);
        int end = run.End - chunkStart < Chunk.Bytes ? Chunk.PageOf(run.End) : Chunk.Pages;
        if (_chunks.Find(run.ProcessId, at) is not { } chunk)
        {
            Append(missing, run.ProcessId, at, end - page);
            return;
        }

        int next;
        for (page = Chunk.Next(new ChunkBits.Missing(chunk), page, end); page < end; page = Chunk.Next(new ChunkBits.Missing(chunk), next, end))
        {
            next = Chunk.Next(new ChunkBits.Present(chunk), page, end);
            Append(missing, run.ProcessId, chunkStart + ((ulong)page * PageBytes), next - page);
        }
    }

    private static void Append(List<PageRun> missing, int processId, ulong address, int pages)
    {
        Span<PageRun> span = CollectionsMarshal.AsSpan(missing);
        if (!span.IsEmpty && span[^1].ProcessId == processId && span[^1].End == address)
        {
            span[^1] = span[^1] with { Pages = span[^1].Pages + pages };
            return;
        }

        missing.Add(new PageRun(processId, address, pages));
    }

    private ulong? ChecksumOfBytes(int processId, ulong address)
    {
        int page = Chunk.PageOf(address);
        if (_chunks.Find(processId, address) is not { } chunk || !Chunk.Has(chunk.Present, page))
        {
            return null;
        }

        return Chunk.Has(chunk.Zero, page) ? PageChecksum.Zero : PageChecksum.Of(new ReadOnlySpan<byte>(PageAt(chunk, page), PageBytes));
    }
}
