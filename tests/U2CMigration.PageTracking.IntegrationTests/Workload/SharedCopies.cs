using U2CMigration.PageTracking.Pages;
using U2CMigration.PageTracking.Reading;
using U2CMigration.PageTracking.SharedObjects;

namespace U2CMigration.PageTracking.IntegrationTests.Workload;

/// <summary>What was copied, made from nothing but what the tracker reports.</summary>
internal sealed class SharedCopies(SharedObjectTracker tracker)
{
    private readonly Dictionary<int, byte[]> _copies = [];

    internal int Objects => tracker.Objects.Count;

    internal void Take(PageSet pages)
    {
        Span<ulong> words = stackalloc ulong[1];
        var unreadable = new PageBitmap(words);
        byte[] page = new byte[PageSize.Bytes];
        foreach (ProcessPages process in pages.Processes)
        {
            SharedObject shared = tracker.Find(process.ProcessId)!;
            byte[] copy = CopyOf(shared);
            foreach (PageRange range in process.Ranges)
            {
                for (ulong at = range.Start; at < range.End; at += PageSize.Bytes)
                {
                    if (shared.Read([new PageRange(at, at + PageSize.Bytes)], page, unreadable) == 0)
                    {
                        page.CopyTo(copy, (long)at);
                    }
                }
            }
        }
    }

    internal List<string> OutOfDate()
    {
        Span<ulong> words = stackalloc ulong[1];
        var unreadable = new PageBitmap(words);
        byte[] page = new byte[PageSize.Bytes];
        var found = new List<string>();
        foreach (SharedObject shared in tracker.Objects)
        {
            // What was cut off and has grown again is zeros, whatever had been copied there: the destination takes these pages and no others.
            byte[] whole = CopyOf(shared);
            byte[] copy = new byte[whole.Length];
            foreach (PageRange range in shared.CopiedPages())
            {
                whole.AsSpan((int)range.Start, (int)range.Bytes).CopyTo(copy.AsSpan((int)range.Start));
            }

            for (long at = 0; at < shared.Size; at += PageSize.Bytes)
            {
                if (shared.Read([new PageRange((ulong)at, (ulong)at + PageSize.Bytes)], page, unreadable) == 0 && !page.AsSpan().SequenceEqual(copy.AsSpan((int)at, PageSize.Bytes)))
                {
                    found.Add($"{shared.Kind} '{shared.Name}' at 0x{at:x}");
                }
            }
        }

        return found;
    }

    private byte[] CopyOf(SharedObject shared)
    {
        if (!_copies.TryGetValue(shared.Id, out byte[]? copy))
        {
            _copies.Add(shared.Id, copy = new byte[32 << 20]);
        }

        return copy;
    }
}
