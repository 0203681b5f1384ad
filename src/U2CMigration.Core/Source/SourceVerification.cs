using System.Buffers;
using U2CMigration.Core.Results;
using U2CMigration.PageTracking.Pages;
using U2CMigration.PageTracking.Reading;
using U2CMigration.PageTracking.Trackers;
using U2CMigration.Transport.Connections;
using U2CMigration.Transport.Messages;
using U2CMigration.Transport.Pages;

namespace U2CMigration.Core.Source;

/// <summary>Compares every resident page of the frozen tree with what the destination has, by checksum.</summary>
internal static class SourceVerification
{
    private const int PagesPerMessage = 4096;

    /// <summary>Runs the comparison.</summary>
    public static async Task<VerificationReport> RunAsync(
        SourceContext context, IPageTracker tracker, MigrationConnection connection, SourceDialogue dialogue, CancellationToken cancellationToken)
    {
        var resident = new PageSet();
        await Task.Run(() => tracker.CollectResident(resident, cancellationToken), cancellationToken).ConfigureAwait(false);
        long verified = 0;
        long mismatched = 0;
        byte[] memory = ArrayPool<byte>.Shared.Rent(PageBatch.MaxPages * PageSize.Bytes);
        ulong[] checksums = new ulong[PagesPerMessage];
        try
        {
            foreach (ProcessPages process in resident.Processes)
            {
                using ProcessMemoryReader reader = ProcessMemoryReader.Open(process.ProcessId);
                for (int r = 0; r < process.Ranges.Length; r++)
                {
                    PageRange range = process.Ranges[r];
                    for (ulong at = range.Start; at < range.End;)
                    {
                        int pages = (int)Math.Min(PagesPerMessage, (long)((range.End - at) >> PageSize.Shift));
                        Hash(reader, at, pages, memory, checksums);
                        var message = new VerifyPages(context.Numbers.InImages(process.ProcessId), at, checksums.AsMemory(0, pages));
                        await connection.SendAsync(message, cancellationToken).ConfigureAwait(false);
                        VerifyResult result = await dialogue.ExpectAsync<VerifyResult>(cancellationToken).ConfigureAwait(false);
                        verified += result.ComparedPages;
                        mismatched += result.MismatchedPages;
                        at += (ulong)pages << PageSize.Shift;
                    }
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(memory);
        }

        return new VerificationReport(verified, mismatched);
    }

    private static void Hash(ProcessMemoryReader reader, ulong start, int pages, byte[] memory, ulong[] checksums)
    {
        var unreadable = new PageBitmap(stackalloc ulong[PageBatch.MaxPages / 64]);
        for (int done = 0; done < pages;)
        {
            int now = Math.Min(PageBatch.MaxPages, pages - done);
            ulong at = start + ((ulong)done << PageSize.Shift);
            unreadable.Clear();
            Span<byte> target = memory.AsSpan(0, now * PageSize.Bytes);
            ReadOnlySpan<PageRange> range = [new PageRange(at, at + ((ulong)now << PageSize.Shift))];
            if (reader.Read(range, target, unreadable) != 0)
            {
                throw new IOException($"Pages between {at:x} and {range[0].End:x} of a frozen process could not be read for the comparison.");
            }

            for (int i = 0; i < now; i++)
            {
                checksums[done + i] = PageChecksum.Of(target.Slice(i * PageSize.Bytes, PageSize.Bytes));
            }

            done += now;
        }
    }
}
