using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using U2CMigration.Core.Convergence;
using U2CMigration.Core.Errors;
using U2CMigration.Core.Progress;
using U2CMigration.Core.Sessions;
using U2CMigration.PageTracking.Pages;
using U2CMigration.Prediction.Histories;
using U2CMigration.Strategy.Rounds;

namespace U2CMigration.Core.Tests.Convergence;

/// <summary>What a tree holds besides memory crosses with the images while it is frozen: over a slow link that is refused, over a fast one it is not, however little the pages were that crossed before.</summary>
public sealed class ImagePaceTests
{
    private const double ThirtyMbit = 30e6 / 8;
    private const double TenGigabit = 1.25e9;

    /// <summary>64 MiB that travel while it is frozen: half a second over any link, and 18 s over 30 Mbit/s.</summary>
    private static readonly StateInventory Tree = new(Processes: 2, Threads: 0, Mappings: 100, Descriptors: 20, Sockets: 4, Connections: 2, SharedBytes: 64 << 20);

    [Fact]
    public void ShouldStop_SlowLink_IsRefusedBeforeTheFreezeWithTheForecast()
    {
        Action deciding = () => Decide(capacity: ThirtyMbit, limit: 0);

        deciding.Should().Throw<MigrationException>().Which.Message.Should().MatchRegex("would be down for 18[0-9]{3} ms").And.Contain("the limit is 2000 ms");
    }

    /// <summary>Zero: nobody ever waited for the link, as there were few pages, or small ones.</summary>
    [Theory]
    [InlineData(TenGigabit)]
    [InlineData(0)]
    public void ShouldStop_FastLink_IsNotRefused(double capacity) => Decide(capacity, limit: 0).Should().BeTrue();

    [Theory]
    [InlineData(TenGigabit)]
    [InlineData(0)]
    public void ShouldStop_CallersLimitIsLow_CountsThatLimit(double capacity)
    {
        Action deciding = () => Decide(capacity, limit: ThirtyMbit);

        deciding.Should().Throw<MigrationException>();
    }

    private static bool Decide(double capacity, double limit)
    {
        var options = new MigrationSessionOptions { Destination = new DnsEndPoint("nowhere", 1), DowntimeLimit = TimeSpan.FromSeconds(2), WhenNotConverging = NonConvergence.GiveUp };
        using var guard = new ConvergenceGuard(Environment.ProcessId, options, new MigrationNotes(new ProgressReporter(null, NullLogger.Instance), NullLogger.Instance));
        var plan = new RoundPlan();
        plan.StopAndCopy();
        var none = new PageSet();
        var observation = new RoundObservation
        {
            Round = 1,
            Owed = none,
            Dirty = none,
            Delivered = new PageSet(),
            ArrivedPages = 0,
            Interval = TimeSpan.FromSeconds(1),
            ResidentPages = 1000,
            BandwidthBytesPerSecond = 1e6,
            Costs = WireCosts.Raw,
            Elapsed = TimeSpan.FromSeconds(1),
            Previous = null,
            FixedDowntime = DowntimeModel.Untaught().Expect(StateCost.PartsOf(Tree, DowntimeForecast.ImagePace(capacity, limit))),
            Histories = new PageHistories(),
        };
        return guard.ShouldStop(observation, plan, TimeSpan.Zero);
    }
}
