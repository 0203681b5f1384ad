using U2CMigration.PageTracking.Pages;
using U2CMigration.Prediction.Traces;
using U2CMigration.Strategy.Replay;

namespace U2CMigration.Strategy.Tests.Replay;

public sealed class TraceTimelineTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Collect_WholeSamples_GivesWhatTheTraceHas(int seed)
    {
        PageTrace trace = RandomTraces.Random(seed);
        var timeline = new TraceTimeline(trace);
        TimeSpan at = TimeSpan.Zero;
        foreach (TraceSample sample in trace.Samples.Skip(1).Concat(trace.Samples.Skip(1)))
        {
            PageSet written = Written(timeline, at, at + sample.Interval);
            at += sample.Interval;

            Ranges(written).Should().Equal(Ranges(sample.Dirty));
        }
    }

    [Fact]
    public void Collect_Copies_AreAsManyProcessesWithTheSamePages()
    {
        PageTrace trace = RandomTraces.Of(Interval, [0, 1, 2, 3], [1, 2], [3]);

        PageSet written = Written(new TraceTimeline(trace, copies: 3), TimeSpan.Zero, Interval);

        written.Processes.Select(static process => process.PageCount).Should().Equal(2, 2, 2);
    }

    [Fact]
    public void Collect_PartOfASample_FindsAPageAboutAsOftenAsItsRateSays()
    {
        // Written in every second sample: left alone for half of one with probability sqrt(1/2).
        int[] all = [.. Enumerable.Range(0, 2_000)];
        int[] none = [];
        PageTrace trace = RandomTraces.Of(Interval, all, [.. Enumerable.Range(0, 100).Select(i => i % 2 == 0 ? all : none)]);

        double share = Written(new TraceTimeline(trace), TimeSpan.Zero, Interval / 2).PageCount / 2_000d;

        share.Should().BeApproximately((1 - Math.Sqrt(0.5)) / 0.5, 0.04);
    }

    [Fact]
    public void Start_LaterInTheTrace_KnowsThePagesThatAppearedUntilThen()
    {
        PageTrace trace = RandomTraces.Of(Interval, [0, 1], [5], [0], [1]);

        var timeline = new TraceTimeline(trace, start: Interval);

        timeline.Resident.PageCount.Should().Be(3);
        Ranges(Written(timeline, TimeSpan.Zero, Interval)).Should().Equal(Ranges(RandomTraces.Set(0)));
    }

    [Fact]
    public void Pressure_KnownTrace_CountsAPageOncePerSecond()
    {
        PageTrace trace = RandomTraces.Of(TimeSpan.FromSeconds(0.5), [0, 1, 2], [0, 1], [1, 2], [], [0]);
        var timeline = new TraceTimeline(trace);

        TracePressure.DirtyBytesPerSecond(timeline, timeline.Length).Should().Be((3 + 1) / 2.0 * PageSize.Bytes);
    }

    private static PageSet Written(TraceTimeline timeline, TimeSpan from, TimeSpan to)
    {
        var written = new PageSet();
        timeline.Collect(from, to, written);
        return written;
    }

    private static PageRange[] Ranges(PageSet pages) => pages.TryGet(Observations.ProcessId, out ProcessPages? process) ? process.Ranges.ToArray() : [];
}
