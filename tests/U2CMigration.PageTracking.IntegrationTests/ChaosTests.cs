using System.Diagnostics;
using U2CMigration.PageTracking.ContentHash;
using U2CMigration.PageTracking.IntegrationTests.Workload;
using U2CMigration.PageTracking.Pages;
using U2CMigration.PageTracking.SoftDirty;
using U2CMigration.PageTracking.Trackers;
using U2CMigration.PageTracking.WriteProtect;

namespace U2CMigration.PageTracking.IntegrationTests;

/// <summary>
/// A program maps, unmaps, moves, resizes, discards, protects, replaces, forks and writes at random while a copy of its memory is kept by tracker and
/// reader. At the end it is stopped, and every page it has must equal its copy, although the kernel makes huge pages of small ones meanwhile.
/// </summary>
public abstract class ChaosTests
{
    private const int CollectionsPerCopy = 8;
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(4);

    private readonly TrackedBy _tracked;

    private protected ChaosTests(TrackedBy tracked)
    {
        tracked.Require();
        _tracked = tracked;
    }

    [Theory]
    [InlineData(1, 1, 0)]
    [InlineData(2, 2, 0)]
    [InlineData(3, 3, 0)]
    [InlineData(3, 4, 20)]
    public void CopyOfChangingMemory_WhenStopped_HasNoStalePage(int threads, int seed, int pauseMilliseconds)
    {
        using MemoryWriter writer = new();
        using IPageTracker tracker = _tracked.AttachTo(writer);
        using ShadowCopy copy = new(writer.ProcessId, tracker as ICopyObserver);
        writer.Do($"chaos {threads} {seed * 100}");
        PageSet dirty = new();
        int collections = 0;
        for (long started = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(started) < Duration;)
        {
            // Reading costs far more than collecting: several collections a copy try out more moments.
            PageSet since = new();
            for (int i = 0; i < CollectionsPerCopy; i++, collections++)
            {
                dirty.Clear();
                tracker.Collect(dirty);
                PageSet both = new();
                since.UnionTo(dirty, both);
                since = both;
                Thread.Sleep(pauseMilliseconds);
            }

            copy.Update(since);
        }

        string operations = writer.Ask("ops");
        Signals.Stop(writer.ProcessId);
        int collapsed = 0;
        PageSet resident = copy.Complete(tracker, () => collapsed = HugePages.CollapseAll(writer.ProcessId));

        TestContext.Current.TestOutputHelper?.WriteLine($"{operations} operations, {collections} collections, {copy.Pages} pages copied, {resident.PageCount} resident, {collapsed} huge pages at the end, {Statistics(tracker)}");
        copy.FindStale(resident).Should().BeEmpty();
    }

    private static object? Statistics(IPageTracker tracker) => tracker switch
    {
        WriteProtectTracker used => used.Statistics,
        SoftDirtyTracker used => used.Statistics,
        ContentHashTracker used => used.Statistics,
        _ => null,
    };
}

public sealed class WriteProtectChaosTests() : ChaosTests(TrackedBy.WriteProtect);

public sealed class MixedChaosTests() : ChaosTests(TrackedBy.Mixed);

public sealed class SoftDirtyChaosTests() : ChaosTests(TrackedBy.SoftDirty);

public sealed class SoftDirtyEntriesChaosTests() : ChaosTests(TrackedBy.SoftDirtyEntries);

public sealed class ContentHashChaosTests() : ChaosTests(TrackedBy.ContentHash);
