using U2CMigration.PageTracking.Pages;
using U2CMigration.PageTracking.Recorded;
using U2CMigration.Prediction.Traces;

namespace U2CMigration.Prediction.Tests.Traces;

public sealed class PageTraceTests
{
    [Fact]
    public void Replay_SampleAfterSample_ReportsThemInOrder()
    {
        PageTrace trace = TraceGen.Known();
        using RecordedPageTracker tracker = trace.Replay();
        var pages = new PageSet();
        foreach (TraceSample sample in trace.Samples)
        {
            pages.Clear();
            tracker.Collect(pages);
            pages.Processes[0].Ranges.ToArray().Should().Equal(sample.Dirty.Processes[0].Ranges.ToArray());
        }
    }
}
