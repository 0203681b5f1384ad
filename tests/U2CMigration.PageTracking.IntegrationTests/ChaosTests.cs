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
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(4);

    public ChaosTests() => TrackingNeeds.WriteProtect();

    [Theory]
    [InlineData(1, 1, 0)]
    [InlineData(2, 2, 0)]
    [InlineData(3, 3, 0)]
    [InlineData(3, 4, 50)]
    public void CopyOfChangingMemory_WhenStopped_HasNoStalePage(int threads, int seed, int pauseMilliseconds)
    {
        using MemoryWriter writer = new();
        using ShadowCopy copy = new(writer.ProcessId);
        using WriteProtectTracker tracker = WriteProtectTracker.Attach(writer.ProcessId);
        writer.Do($"chaos {threads} {seed * 100}");
        PageSet dirty = new();
        int rounds = 0;
        for (long started = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(started) < Duration; rounds++)
        {
            dirty.Clear();
            tracker.Collect(dirty);
            copy.Update(dirty);
            Thread.Sleep(pauseMilliseconds);
        }

        string operations = writer.Ask("ops");
        Signals.Stop(writer.ProcessId);
        dirty.Clear();
        tracker.Collect(dirty);
        copy.Update(dirty);
        PageSet resident = tracker.CollectResident();

        TestContext.Current.TestOutputHelper?.WriteLine($"{operations} operations, {rounds} rounds, {copy.Pages} pages copied, {resident.PageCount} resident, {tracker.Statistics}");
        copy.FindStale(resident).Should().BeEmpty();
    }
}
