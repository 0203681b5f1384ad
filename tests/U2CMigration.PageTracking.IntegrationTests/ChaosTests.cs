using System.Diagnostics;
using U2CMigration.PageTracking.IntegrationTests.Workload;
using U2CMigration.PageTracking.Pages;
using U2CMigration.PageTracking.WriteProtect;

namespace U2CMigration.PageTracking.IntegrationTests;

/// <summary>
/// A program maps, unmaps, moves, resizes, discards, protects, replaces, forks and writes at random while a copy of its memory is kept by tracker and
/// reader. At the end it is stopped, and every page it has must equal its copy.
/// </summary>
public sealed class ChaosTests
{
    private const int CollectionsPerCopy = 8;
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(4);

    public ChaosTests() => TrackingNeeds.WriteProtect();

    [Theory]
    [InlineData(1, 1, 0)]
    [InlineData(2, 2, 0)]
    [InlineData(3, 3, 0)]
    [InlineData(3, 4, 20)]
    public void CopyOfChangingMemory_WhenStopped_HasNoStalePage(int threads, int seed, int pauseMilliseconds)
    {
        using MemoryWriter writer = new();
        using ShadowCopy copy = new(writer.ProcessId);
        using WriteProtectTracker tracker = WriteProtectTracker.Attach(writer.ProcessId);
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
        dirty.Clear();
        tracker.Collect(dirty);
        copy.Update(dirty);
        PageSet resident = tracker.CollectResident();

        TestContext.Current.TestOutputHelper?.WriteLine($"{operations} operations, {collections} collections, {copy.Pages} pages copied, {resident.PageCount} resident, {tracker.Statistics}");
        copy.FindStale(resident).Should().BeEmpty();
    }
}
