using U2CMigration.PageTracking.Pages;
using U2CMigration.Prediction.Traces;
using U2CMigration.Strategy.Replay;
using U2CMigration.Strategy.Rounds;
using U2CMigration.Strategy.Strategies;

namespace U2CMigration.Strategy.Tests.Replay;

public sealed class ClairvoyantBoundTests
{
    private const double PagesPerSecond = 1_000;
    private static readonly ReplayConditions Conditions = new() { BandwidthBytesPerSecond = PageSize.Bytes * PagesPerSecond, MaxDuration = TimeSpan.FromSeconds(4) };
    private static readonly int[] All = [.. Enumerable.Range(0, 100)];

    [Fact]
    public void Of_IdleWorkload_IsThatOfPreCopyBeforeTheStop()
    {
        ClairvoyantBound bound = ClairvoyantBound.Of(new TraceTimeline(RandomTraces.Of(TimeSpan.FromMilliseconds(10), All, [], [])), Conditions);

        (bound.WireBytes, bound.Downtime).Should().Be((100d * PageSize.Bytes, Conditions.FixedDowntime));
    }

    [Theory]
    [InlineData(1, 5)] // Ten of the fifteen pages that are always written fit into the ten milliseconds of a tick.
    [InlineData(0.2, 0)] // As differences all fit.
    public void Of_PagesAlwaysWritten_LeavesWhatDoesNotFitIntoATick(double againCost, double leftPages)
    {
        PageTrace trace = RandomTraces.Of(TimeSpan.FromMilliseconds(10), All, [.. Enumerable.Repeat(All[..15], 20)]);

        ClairvoyantBound bound = ClairvoyantBound.Of(new TraceTimeline(trace), Conditions with { CodecCosts = new WireCosts(PageSize.Bytes, againCost * PageSize.Bytes) });

        bound.Downtime.TotalMilliseconds.Should().BeApproximately(100 + leftPages, 1e-3);
    }

    [Fact]
    public void Of_CalmMoment_StopsThere()
    {
        // All pages are written for 100 ms, then nothing for 400 ms.
        PageTrace trace = RandomTraces.Of(TimeSpan.FromMilliseconds(10), All, [.. Enumerable.Repeat(All, 10), .. Enumerable.Repeat(Array.Empty<int>(), 40)]);

        ClairvoyantBound bound = ClairvoyantBound.Of(new TraceTimeline(trace), Conditions);

        bound.Downtime.Should().Be(Conditions.FixedDowntime);

        // First versions of all pages until 100 ms, then their differences, an eighth each: done at 112.5 ms, before the end of the next tick.
        bound.Freeze.Should().Be(TimeSpan.FromMilliseconds(120));
    }

    [Fact]
    public void Of_RandomTraces_IsNeverWorseThanAnyStrategy()
    {
        for (int seed = 0; seed < 24; seed++)
        {
            PageTrace trace = RandomTraces.Random(seed);
            var workload = new TraceTimeline(trace, 1 + (seed % 2), TimeSpan.FromMilliseconds(37 * seed));
            ReplayConditions conditions = Conditions with { BandwidthBytesPerSecond = PageSize.Bytes * 100 * Math.Pow(2, seed % 6) };
            ClairvoyantBound bound = ClairvoyantBound.Of(workload, conditions);
            foreach (string name in MigrationStrategies.Names)
            {
                ReplayResult result = MigrationReplay.Run(workload, conditions, MigrationStrategies.CreateForReplay(name));

                (double bytes, double downtime) = bound.RegretOf(result);
                bytes.Should().BeGreaterThanOrEqualTo(0, "{0} on trace {1}", name, seed);
                downtime.Should().BeGreaterThanOrEqualTo(-1e-6, "{0} on trace {1}", name, seed);
            }
        }
    }
}
