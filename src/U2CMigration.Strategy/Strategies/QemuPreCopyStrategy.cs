using U2CMigration.PageTracking.Pages;
using U2CMigration.Strategy.Rounds;

namespace U2CMigration.Strategy.Strategies;

/// <summary>Pre-copy with the stop rule of QEMU/KVM: stop once what is pending fits into the downtime limit at the measured bandwidth.</summary>
/// <remarks>
/// Source: QEMU <c>migration/migration.c</c>, <c>migration_update_counters</c> and <c>migration_iteration_run</c>. Like there, no number of rounds is
/// enough by itself: a workload that dirties faster than the link carries never stops, unless the session's own limits end it.
/// </remarks>
public sealed class QemuPreCopyStrategy : IMigrationStrategy
{
    /// <summary>QEMU's default downtime limit: 300 ms.</summary>
    public static readonly TimeSpan DefaultDowntimeLimit = TimeSpan.FromMilliseconds(300);

    private readonly TimeSpan _downtimeLimit;

    /// <summary>Creates the strategy with QEMU's default downtime limit.</summary>
    public QemuPreCopyStrategy()
        : this(DefaultDowntimeLimit)
    {
    }

    /// <summary>Creates the strategy.</summary>
    /// <param name="downtimeLimit">The time that copying the rest may take; QEMU's range is 0 to 2000 s.</param>
    /// <exception cref="ArgumentOutOfRangeException">The limit is negative.</exception>
    public QemuPreCopyStrategy(TimeSpan downtimeLimit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(downtimeLimit, TimeSpan.Zero);
        _downtimeLimit = downtimeLimit;
    }

    /// <inheritdoc/>
    public string Name => "precopy-qemu";

    /// <inheritdoc/>
    public StrategyTraits Traits => StrategyTraits.Plain;

    /// <inheritdoc/>
    public void Plan(RoundObservation observation, RoundPlan plan)
    {
        ArgumentNullException.ThrowIfNull(observation);
        ArgumentNullException.ThrowIfNull(plan);
        double threshold = observation.BandwidthBytesPerSecond * _downtimeLimit.TotalSeconds;
        double pending = (double)observation.Owed.PageCount * PageSize.Bytes;
        if (observation.Round > 0 && (pending == 0 || pending < threshold))
        {
            plan.StopAndCopy();
        }
        else
        {
            plan.AddGroup(observation.Owed);
        }
    }
}
