using U2CMigration.PageTracking.IntegrationTests.Workload;
using U2CMigration.PageTracking.Pages;
using U2CMigration.PageTracking.SharedObjects;
using U2CMigration.Testing;

namespace U2CMigration.PageTracking.IntegrationTests;

/// <summary>Two processes and children that no one sees write, punch, discard and cut off shared memory without a pause; it is copied in the meantime, and in the end every page of the copy is right.</summary>
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
            SharedCopies copies = new(tracker);
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
                await tracker.CollectAllAsync(sharer.Tree, last, Cancellation);
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
}
