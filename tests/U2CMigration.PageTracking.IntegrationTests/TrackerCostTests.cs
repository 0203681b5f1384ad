using System.Diagnostics;
using System.Globalization;
using U2CMigration.PageTracking.IntegrationTests.Workload;
using U2CMigration.PageTracking.SoftDirty;
using U2CMigration.PageTracking.Trackers;
using U2CMigration.PageTracking.WriteProtect;

namespace U2CMigration.PageTracking.IntegrationTests;

/// <summary>What each tracker costs on this kernel, side by side; <c>-showliveoutput</c> shows the figures.</summary>
public abstract class TrackerCostTests : IDisposable
{
    private const int Pages = 16384;
    private const int Rounds = 7;
    private readonly TrackedBy _tracked;
    private readonly List<MemoryWriter> _writers = [];

    private protected TrackerCostTests(TrackedBy tracked)
    {
        tracked.Require();
        _tracked = tracked;
    }

    [Fact]
    public void Collect_TenthWrittenEachRound_ReportsItAtThisPrice()
    {
        MemoryBlock block = MapWritten();
        double untracked = Median(round => Milliseconds(() => block.Write((ulong)round, 100)));
        using IPageTracker tracker = _tracked.AttachTo(block.Writer);
        tracker.Collect();
        List<double> writes = [];

        double collect = Median(round =>
        {
            writes.Add(Milliseconds(() => block.Write((ulong)round + 50, 100)));
            U2CMigration.PageTracking.Pages.PageSet? dirty = null;
            double took = Milliseconds(() => dirty = tracker.Collect());
            dirty!.ShouldContain(block, (ulong)round + 50, 100);
            return took;
        });
        double idle = Median(_ => Milliseconds(() => tracker.Collect()));

        string stop = tracker switch
        {
            SoftDirtyTracker soft => string.Create(CultureInfo.InvariantCulture, $"{soft.Statistics.LastStop.TotalMilliseconds:F2} (longest {soft.Statistics.LongestStop.TotalMilliseconds:F2})"),
            WriteProtectTracker protect => string.Create(CultureInfo.InvariantCulture, $"0 (once {protect.Statistics.LongestStop.TotalMilliseconds:F2})"),
            _ => "0",
        };
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{_tracked.Name}: {Pages} pages, 10 % written a round; ms: writing {writes.Order().ElementAt(Rounds / 2):F1} (untracked {untracked:F1}), collecting {collect:F1}, with nothing written {idle:F1}, stopped {stop}"));
    }

    public void Dispose()
    {
        _writers.ForEach(static writer => writer.Dispose());
        GC.SuppressFinalize(this);
    }

    private MemoryBlock MapWritten()
    {
        var writer = new MemoryWriter();
        _writers.Add(writer);
        MemoryBlock block = writer.Map(Pages);
        block.WriteAll();
        return block;
    }

    private static double Median(Func<int, double> measure) => Enumerable.Range(0, Rounds).Select(measure).Order().ElementAt(Rounds / 2);

    private static double Milliseconds(Action action)
    {
        long started = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
    }
}

public sealed class WriteProtectCostTests() : TrackerCostTests(TrackedBy.WriteProtect);

public sealed class SoftDirtyCostTests() : TrackerCostTests(TrackedBy.SoftDirty);

public sealed class SoftDirtyEntriesCostTests() : TrackerCostTests(TrackedBy.SoftDirtyEntries);

public sealed class ContentHashCostTests() : TrackerCostTests(TrackedBy.ContentHash);
