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

public sealed class ConvergenceGuardTests
{
    private const long OneGigabit = 125_000_000;

    private static readonly MigrationSessionOptions Limited = new()
    {
        Destination = new DnsEndPoint("nowhere", 1),
        DowntimeLimit = TimeSpan.FromMilliseconds(500),
        WhenNotConverging = NonConvergence.GiveUp,
    };

    /// <summary>A PostgreSQL with much shared memory was down for 15 s with a limit of 500 ms.</summary>
    [Fact]
    public void ShouldStop_SharedMemoryAloneExceedsTheLimit_GivesUp()
    {
        using ConvergenceGuard guard = Guard(Limited);

        Action deciding = () => guard.ShouldStop(At(round: 1, OneGigabit) with { FixedDowntime = TimeSpan.FromSeconds(15) }, Stopping(), TimeSpan.Zero);

        deciding.Should().Throw<MigrationException>().Which.Message.Should().Contain("15000 ms").And.Contain("the limit is 500 ms").And.Contain("Shared memory");
    }

    [Fact]
    public void ShouldStop_SharedMemoryAloneExceedsTheLimit_IsNotThrottledForThat()
    {
        using ConvergenceGuard guard = Guard(Limited with { WhenNotConverging = NonConvergence.Throttle });

        guard.ShouldStop(At(round: 1, OneGigabit) with { FixedDowntime = TimeSpan.FromSeconds(15) }, Stopping(), TimeSpan.Zero).Should().BeTrue();
    }

    [Fact]
    public void ShouldStop_WithinTheLimit_Stops()
    {
        using ConvergenceGuard guard = Guard(Limited);

        guard.ShouldStop(At(round: 1, OneGigabit), Stopping(), TimeSpan.Zero).Should().BeTrue();
    }

    [Fact]
    public void ShouldStop_PaceNotKnownYetAtTheEndOfTheTime_DoesNotTakeItForFast()
    {
        using ConvergenceGuard guard = Guard(Limited with { MaxRounds = 1 });

        Action deciding = () => guard.ShouldStop(At(round: 1, bytesPerSecond: 0), Stopping(), TimeSpan.Zero);

        deciding.Should().Throw<MigrationException>();
    }

    [Fact]
    public void ShouldStop_LongerThanTheFreezeMayTakeForLong_IsRefusedBeforeTheFreeze()
    {
        using ConvergenceGuard guard = Guard(new MigrationSessionOptions { Destination = Limited.Destination });
        guard.ShouldStop(At(round: 1, OneGigabit), Stopping(), TimeSpan.FromSeconds(59.9));

        Action deciding = () => guard.ShouldStop(At(round: 2, OneGigabit) with { Elapsed = TimeSpan.FromSeconds(17) }, Stopping(), TimeSpan.FromSeconds(59.9));

        deciding.Should().Throw<MigrationException>().Which.Message.Should().Contain("about 60 s").And.Contain("It was not frozen").And.Contain("FreezeTimeout");
    }

    /// <summary>A host was out of breath for some seconds, and a workload of 4 MiB was refused, as it would be down for 47 s.</summary>
    [Fact]
    public void ShouldStop_LongerThanTheFreezeMayTakeForAMoment_SendsOn()
    {
        using ConvergenceGuard guard = Guard(new MigrationSessionOptions { Destination = Limited.Destination });
        RoundPlan plan = Stopping();

        guard.ShouldStop(At(round: 1, OneGigabit), plan, TimeSpan.FromSeconds(59.9)).Should().BeFalse();

        plan.Decision.Should().NotBe(RoundDecision.StopAndCopy);
        plan.PageCount.Should().Be(1000);
        guard.ShouldStop(At(round: 2, OneGigabit), Stopping(), TimeSpan.Zero).Should().BeTrue();
        guard.ShouldStop(At(round: 3, OneGigabit) with { Elapsed = TimeSpan.FromSeconds(17) }, Stopping(), TimeSpan.FromSeconds(59.9)).Should().BeFalse("it begins again");
    }

    [Fact]
    public void ShouldStop_LongerThanTheFreezeMayTakeAtTheEndOfTheTime_IsRefused()
    {
        using ConvergenceGuard guard = Guard(new MigrationSessionOptions { Destination = Limited.Destination, MaxRounds = 1 });

        Action deciding = () => guard.ShouldStop(At(round: 1, OneGigabit), Stopping(), TimeSpan.FromSeconds(59.9));

        deciding.Should().Throw<MigrationException>();
    }

    private static ConvergenceGuard Guard(MigrationSessionOptions options) => new(
        Environment.ProcessId, options, new MigrationNotes(new ProgressReporter(null, NullLogger.Instance), NullLogger.Instance));

    private static RoundPlan Stopping()
    {
        var plan = new RoundPlan();
        plan.StopAndCopy();
        return plan;
    }

    private static RoundObservation At(int round, double bytesPerSecond)
    {
        var owed = new PageSet();
        owed.Add(1, 0x10000, 0x10000 + (1000UL << PageSize.Shift));
        return new RoundObservation
        {
            Round = round,
            Owed = owed,
            Dirty = owed,
            Delivered = new PageSet(),
            ArrivedPages = 0,
            Interval = TimeSpan.FromSeconds(1),
            ResidentPages = 1000,
            BandwidthBytesPerSecond = bytesPerSecond,
            Costs = WireCosts.Raw,
            Elapsed = TimeSpan.FromSeconds(1),
            Previous = null,
            FixedDowntime = TimeSpan.FromMilliseconds(100),
            Histories = new PageHistories(),
        };
    }
}
