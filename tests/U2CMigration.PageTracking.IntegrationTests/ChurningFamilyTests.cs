using System.Diagnostics;
using U2CMigration.PageTracking.IntegrationTests.Workload;
using U2CMigration.PageTracking.Pages;
using U2CMigration.PageTracking.Reading;
using U2CMigration.PageTracking.Trackers;

namespace U2CMigration.PageTracking.IntegrationTests;

/// <summary>
/// A family that forks, vforks, executes, starts threads and ends all the time is tracked, and read as a migration reads it. No member may notice, and none that ends may be an error,
/// whatever it was doing when it was looked at.
/// </summary>
public abstract class ChurningFamilyTests
{
    private const int MostPages = 256;
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(4);

    private readonly TrackedBy _tracked;

    private protected ChurningFamilyTests(TrackedBy tracked)
    {
        tracked.Require();
        _tracked = tracked;
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Collect_WhileProcessesComeAndGo_DisturbsNone(int seed)
    {
        await using Churner churner = await Churner.StartAsync(seed, Cancellation, "--rate", "80");
        int collections = 0;
        HashSet<int> seen = [];
        using (IPageTracker tracker = _tracked.Attach(churner.ProcessId))
        {
            for (long started = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(started) < Duration; collections++)
            {
                PageSet dirty = tracker.Collect();
                Copy(dirty, tracker as ICopyObserver);
                seen.UnionWith(dirty.Processes.Select(static pages => pages.ProcessId));
            }
        }

        string? answer = await churner.AskAsync("check", Cancellation);
        TestContext.Current.TestOutputHelper?.WriteLine($"{collections} collections, {seen.Count} processes, {answer}");
        answer.Should().StartWith("ok ");
        seen.Count.Should().BeGreaterThan(20);
    }

    /// <summary>The beginning is the most delicate moment: every process is entered.</summary>
    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public async Task Attach_WhileProcessesComeAndGo_DisturbsNone(int seed)
    {
        await using Churner churner = await Churner.StartAsync(seed, Cancellation, "--rate", "200");
        for (long started = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(started) < Duration;)
        {
            using IPageTracker tracker = _tracked.Attach(churner.ProcessId);
            tracker.Collect();
        }

        (await churner.AskAsync("check", Cancellation)).Should().StartWith("ok ");
    }

    /// <summary>Reads what was found, as it would be sent; what has ended since is left out.</summary>
    private static void Copy(PageSet dirty, ICopyObserver? observer)
    {
        byte[] content = new byte[MostPages * PageSize.Bytes];
        ulong[] unreadable = new ulong[PageBitmap.WordsFor(MostPages)];
        foreach (ProcessPages pages in dirty.Processes)
        {
            try
            {
                using ProcessMemoryReader reader = ProcessMemoryReader.Open(pages.ProcessId);
                foreach (PageRange range in pages.Ranges)
                {
                    PageRange[] ranges = [range with { End = Math.Min(range.End, range.Start + (MostPages * PageSize.Bytes)) }];
                    observer?.BeginCopy(pages.ProcessId, ranges);
                    reader.Read(ranges, content, new PageBitmap(unreadable));
                    observer?.EndCopy(pages.ProcessId, ranges, content, new PageBitmap(unreadable));
                }
            }
            catch (PageTrackingException e) when (e.IsProcessGone)
            {
            }
        }
    }
}

public sealed class WriteProtectChurningFamilyTests() : ChurningFamilyTests(TrackedBy.WriteProtect);

public sealed class SoftDirtyChurningFamilyTests() : ChurningFamilyTests(TrackedBy.SoftDirty);

public sealed class ContentHashChurningFamilyTests() : ChurningFamilyTests(TrackedBy.ContentHash);
