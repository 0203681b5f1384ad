using System.Diagnostics;
using Microsoft.Win32.SafeHandles;
using U2CMigration.PageTracking.Pages;

namespace U2CMigration.PageTracking.SharedObjects;

/// <summary>Compares the suspect pages of an object with its copy, by hashes. It needs no help of the kernel and is never wrong, but reads them: 90 to 150 ms for a GiB on one processor.</summary>
internal sealed class ObjectComparison(SafeFileHandle file, DeliveredContent delivered)
{
    private const int BatchPages = 64;

    /// <summary>While the processes run, at most a fifth of the time is spent on it.</summary>
    private const int PauseFactor = 4;

    /// <summary>One is left to others: to the workload while it runs, and to CRIU, which dumps it, once it is frozen.</summary>
    private static readonly int ProcessorsForIt = Math.Max(1, Environment.ProcessorCount - 1);

    private long _endedAt;
    private TimeSpan _duration;

    /// <summary>Whether it may be repeated without taking too much time from the processes: few pages sooner than all.</summary>
    internal bool IsDue(SuspectPages suspects)
    {
        double share = suspects.IsAll ? 1 : Math.Min(1, suspects.Count / (double)Math.Max(1, ComparedPages));
        return _endedAt == 0 || Stopwatch.GetElapsedTime(_endedAt) > _duration * PauseFactor * share;
    }

    /// <summary>The pages that the last run has read.</summary>
    internal long ComparedPages { get; private set; }

    /// <summary>Adds the pages that differ. They stay suspect; the others are so no more.</summary>
    /// <param name="size">The length of the object.</param>
    /// <param name="suspects">The pages to look at.</param>
    /// <param name="pages">Receives the pages.</param>
    /// <param name="cancellationToken">Ends it; nothing was added then.</param>
    internal void Run(long size, SuspectPages suspects, ProcessPages pages, CancellationToken cancellationToken)
    {
        long started = Stopwatch.GetTimestamp();
        List<ObjectPiece> pieces = suspects.IsAll ? ObjectSegments.Of(file, size) : PiecesOf(suspects.Runs(size));
        var found = new List<PageRange>[pieces.Count];
        if (pieces.Count < Environment.ProcessorCount || ProcessorsForIt == 1)
        {
            for (int i = 0; i < pieces.Count; i++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                found[i] = Differing(pieces[i]);
            }
        }
        else
        {
            var options = new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = ProcessorsForIt };
            Parallel.For(0, pieces.Count, options, i => found[i] = Differing(pieces[i]));
        }

        suspects.Replace(found.SelectMany(static ranges => ranges));
        ComparedPages = pieces.Sum(static piece => piece.IsHole ? 0 : (piece.End - piece.Start) >> PageSize.Shift);
        foreach (List<PageRange> ranges in found)
        {
            foreach (PageRange range in ranges)
            {
                pages.Append(range.Start, range.End);
            }
        }

        _endedAt = Stopwatch.GetTimestamp();
        _duration = Stopwatch.GetElapsedTime(started, _endedAt);
    }

    private static List<ObjectPiece> PiecesOf(List<PageRange> runs)
    {
        var pieces = new List<ObjectPiece>(runs.Count);
        foreach (PageRange run in runs)
        {
            ObjectSegments.Cut((long)run.Start, (long)run.End, pieces);
        }

        return pieces;
    }

    private List<PageRange> Differing(ObjectPiece piece)
    {
        var differing = new List<PageRange>();
        if (piece.IsHole)
        {
            delivered.AddNotZero(piece.Start, piece.End, differing);
            return differing;
        }

        byte[] memory = System.Buffers.ArrayPool<byte>.Shared.Rent(BatchPages * PageSize.Bytes);
        try
        {
            Span<UInt128> hashes = stackalloc UInt128[BatchPages];
            for (long at = piece.Start; at < piece.End; at += BatchPages * PageSize.Bytes)
            {
                int bytes = (int)Math.Min(BatchPages * PageSize.Bytes, piece.End - at);
                int read = SharedObject.ReadFully(file, memory.AsSpan(0, bytes), at);

                // Beyond an end that came closer in the meantime there are no pages; what the next look finds there is new to it.
                int pages = (read + PageSize.Bytes - 1) >> PageSize.Shift;
                memory.AsSpan(read, (pages * PageSize.Bytes) - read).Clear();
                for (int i = 0; i < pages; i++)
                {
                    hashes[i] = DeliveredContent.Hash(memory.AsSpan(i * PageSize.Bytes, PageSize.Bytes));
                }

                delivered.AddDiffering(at, hashes[..pages], differing);
            }
        }
        finally
        {
            System.Buffers.ArrayPool<byte>.Shared.Return(memory);
        }

        return differing;
    }
}
