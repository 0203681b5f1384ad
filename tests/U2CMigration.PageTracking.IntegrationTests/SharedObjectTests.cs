using U2CMigration.PageTracking.IntegrationTests.Workload;
using U2CMigration.PageTracking.Pages;
using U2CMigration.PageTracking.Reading;
using U2CMigration.PageTracking.SharedObjects;
using U2CMigration.Testing;

namespace U2CMigration.PageTracking.IntegrationTests;

/// <summary>Two processes and children that nobody sees write, punch, discard and cut off shared memory without a pause; it is copied meanwhile, and in the end every page of the copy is right.</summary>
public sealed class SharedObjectTests
{
    private const int Rounds = 4;
    private const int LooksOfARound = 12;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Collect_MemoryWrittenInAllWaysWhileItIsCopied_NoPageOfTheCopyIsOutOfDate()
    {
        Requires.Root();
        Requires.NativeProgram("sharer");
        string named = $"/dev/shm/u2c-test-{Guid.NewGuid():N}";
        try
        {
            await using Sharer sharer = await Sharer.StartAsync(Cancellation, "--memory-mib", "8", "--deleted", "/dev/shm", "--named", named, "--forks", "--busy");
            using SharedObjectTracker tracker = new();
            Copies copies = new(tracker);
            for (int round = 0; round < Rounds; round++)
            {
                PageSet found = new();
                for (int look = 0; look < LooksOfARound; look++)
                {
                    // What was found is copied while the next look is under way, as in a migration.
                    PageSet copied = found;
                    found = new PageSet();
                    Task copying = Task.Run(() => copies.Take(copied), Cancellation);
                    tracker.Collect(sharer.Tree, found, Cancellation);
                    await copying;
                }

                sharer.Freeze();
                copies.Take(found);
                tracker.Refresh();
                PageSet last = new();
                tracker.CollectAll(last, Cancellation);
                copies.Take(last);
                copies.OutOfDate().Should().BeEmpty();
                copies.Objects.Should().Be(9, "anonymous memory twice, five memory files, one file that is deleted and one that is not");
                sharer.Thaw();
            }
        }
        finally
        {
            File.Delete(named);
        }
    }

    /// <summary>What was copied, made from nothing but what the tracker reports.</summary>
    private sealed class Copies(SharedObjectTracker tracker)
    {
        private readonly Dictionary<int, byte[]> _copies = [];

        public int Objects => tracker.Objects.Count;

        public void Take(PageSet pages)
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

        public List<string> OutOfDate()
        {
            Span<ulong> words = stackalloc ulong[1];
            var unreadable = new PageBitmap(words);
            byte[] page = new byte[PageSize.Bytes];
            var found = new List<string>();
            foreach (SharedObject shared in tracker.Objects)
            {
                byte[] copy = CopyOf(shared);
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
                _copies.Add(shared.Id, copy = new byte[16 << 20]);
            }

            return copy;
        }
    }
}
